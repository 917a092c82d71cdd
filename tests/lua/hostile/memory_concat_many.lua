-- expect: killed error
return {
    run = function(f)
        local t = {}
        for i = 1, 10000 do t[i] = ('x'):rep(60000) end
        return #table.concat(t)
    end,
}
