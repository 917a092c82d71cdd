-- expect: error
return {
    run = function(f)
        return ('a'):rep(60000):find(('a'):rep(2000))
    end,
}
