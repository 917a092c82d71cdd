-- expect: error
return {
    run = function(f)
        return type(loadstring)
    end,
}
