-- expect: error
return {
    run = function(f)
        return type(warn)
    end,
}
