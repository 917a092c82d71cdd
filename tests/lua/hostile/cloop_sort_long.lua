-- expect: error
return {
    run = function(f)
        local t = {}
        for i = 1, 5000 do t[i] = -i end
        table.sort(t)
    end,
}
