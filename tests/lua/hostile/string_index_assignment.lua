-- expect: error
return {
    run = function(f)
        ('').evil = 1
    end,
}
