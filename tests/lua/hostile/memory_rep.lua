-- expect: error
return {
    run = function(f)
        return #('x'):rep(1e9)
    end,
}
