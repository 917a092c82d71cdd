-- expect: error
return {
    run = function(f)
        return type(os)
    end,
}
