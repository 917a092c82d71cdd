-- expect: error
return {
    run = function(f)
        return select('#', ('x'):rep(60000):byte(1, -1))
    end,
}
