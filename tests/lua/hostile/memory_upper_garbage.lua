-- expect: killed
return {
    run = function(f)
        local s = ('x'):rep(65536)
        while true do s:upper() end
    end,
}
