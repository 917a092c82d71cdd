-- expect: killed error
return {
    run = function(f)
        local t = {}
        for i = 1, 1000000 do table.insert(t, 1, i) end
    end,
}
