-- expect: killed value error
return {
    run = function(f)
        local t, s = {}, ('x'):rep(65000)
        for i = 1, 1000000 do t[s .. i] = nil end
        return 1
    end,
}
