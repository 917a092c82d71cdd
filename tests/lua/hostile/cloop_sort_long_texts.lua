-- expect: error killed
return {
    run = function(f)
        local t = {}
        for i = 1, 100 do t[i] = ('x'):rep(10000) .. i end
        table.sort(t)
    end,
}
