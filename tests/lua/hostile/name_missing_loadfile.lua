-- expect: error
return {
    run = function(f)
        return type(loadfile)
    end,
}
