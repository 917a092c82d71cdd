-- expect: error
return {
    run = function(f)
        return type(pcall)
    end,
}
