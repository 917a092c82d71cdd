-- expect: error
return {
    run = function(f)
        return type(dofile)
    end,
}
