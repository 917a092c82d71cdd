-- expect: error
return {
    run = function(f)
        local kept = {}
        setmetatable({}, { __gc = function(o) kept[1] = o setmetatable(o, getmetatable(o)) end })
        return #kept
    end,
}
