-- expect: killed
return {
    run = function(f)
        local t = {}
        for i = 1, 1000 do t[i] = -i end
        table.sort(t, function(a, b) for i = 1, 100000 do end return a < b end)
    end,
}
