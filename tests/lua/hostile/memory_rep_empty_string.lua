-- expect: error
return {
    run = function(f)
        return ('').rep('', 1e9)
    end,
}
