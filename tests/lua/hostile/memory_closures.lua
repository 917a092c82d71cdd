-- expect: killed
return {
    run = function(f)
        local t = {}
        for i = 1, 1e9 do t[#t + 1] = function() return i end end
    end,
}
