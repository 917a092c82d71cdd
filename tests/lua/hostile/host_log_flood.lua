-- expect: value killed
return {
    run = function(f)
        for i = 1, 1000 do log('debug', ('x'):rep(1000)) end
        return 1
    end,
}
