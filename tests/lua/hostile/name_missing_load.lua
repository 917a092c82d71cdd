-- expect: error
return {
    run = function(f)
        return type(load)
    end,
}
