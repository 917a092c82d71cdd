-- expect: error
return {
    run = function(f)
        return type(print)
    end,
}
