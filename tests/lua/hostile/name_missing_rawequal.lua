-- expect: error
return {
    run = function(f)
        return type(rawequal)
    end,
}
