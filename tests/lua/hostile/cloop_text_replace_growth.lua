-- expect: error killed
return {
    run = function(f)
        return #text.replace(('a'):rep(60000), 'a', ('b'):rep(60000))
    end,
}
