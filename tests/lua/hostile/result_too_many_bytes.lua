-- expect: error killed
return {
    run = function(f)
        local t = {}
        for i = 1, 10 do t[i] = ('x'):rep(60000) end
        return t
    end,
}
