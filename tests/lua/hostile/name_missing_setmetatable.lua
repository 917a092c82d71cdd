-- expect: error
return {
    run = function(f)
        return type(setmetatable)
    end,
}
