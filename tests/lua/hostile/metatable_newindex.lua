-- expect: error
return {
    run = function(f)
        local t = setmetatable({}, { __newindex = function(s, k, v) s[k] = v end })
        t.x = 1
        return t.x
    end,
}
