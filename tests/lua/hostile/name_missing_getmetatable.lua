-- expect: error
return {
    run = function(f)
        return type(getmetatable)
    end,
}
