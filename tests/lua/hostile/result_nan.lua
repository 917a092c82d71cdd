-- expect: error
return {
    run = function(f)
        return 0/0
    end,
}
