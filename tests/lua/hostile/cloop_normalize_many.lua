-- expect: killed value
return {
    run = function(f)
        local s = ('１'):rep(20000)
        for i = 1, 10000 do text.normalize(s) end
        return 1
    end,
}
