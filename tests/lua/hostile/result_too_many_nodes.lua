-- expect: error
return {
    run = function(f)
        local t = {}
        for i = 1, 2000 do t[i] = i end
        return t
    end,
}
