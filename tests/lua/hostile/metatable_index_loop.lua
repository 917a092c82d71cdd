-- expect: error
return {
    run = function(f)
        local t = setmetatable({}, {})
        getmetatable(t).__index = t
        return t.x
    end,
}
