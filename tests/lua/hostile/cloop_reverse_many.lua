-- expect: killed
return {
    run = function(f)
        local s = ('x'):rep(65536)
        for i = 1, 1000000 do s:reverse() end
        return 1
    end,
}
