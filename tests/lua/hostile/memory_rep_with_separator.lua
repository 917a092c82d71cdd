-- expect: error
return {
    run = function(f)
        return #('x'):rep(60000, ('y'):rep(60000))
    end,
}
