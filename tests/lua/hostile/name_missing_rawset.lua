-- expect: error
return {
    run = function(f)
        return type(rawset)
    end,
}
