-- expect: error
return {
    run = function(f)
        return type(xpcall)
    end,
}
