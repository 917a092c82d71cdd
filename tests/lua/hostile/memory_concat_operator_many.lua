-- expect: killed error
return {
    run = function(f)
        local s = ('x'):rep(65000)
        local r = ''
        for i = 1, 1000 do r = r .. s end
        return #r
    end,
}
