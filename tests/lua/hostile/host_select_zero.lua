-- expect: error
return {
    run = function(f)
        return select(0, 1)
    end,
}
