-- expect: error
return {
    run = function(f)
        local t = {}
        for i = 1, 250 do t[i] = i end
        return select('#', table.unpack(t))
    end,
}
