-- expect: error
return {
    run = function(f)
        return 1 % 0
    end,
}
