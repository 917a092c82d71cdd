-- expect: error
return {
    run = function(f)
        local t = {}
        local r = t
        for i = 1, 20 do t.x = {} t = t.x end
        return r
    end,
}
