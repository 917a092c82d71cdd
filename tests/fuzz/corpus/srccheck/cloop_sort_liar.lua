-- expect: error value
return {
    run = function(f)
        local t = {}
        for i = 1, 900 do t[i] = i end
        table.sort(t, function() return true end)
        return 1
    end,
}
