-- expect: error
return {
    run = function(f)
        return text.matches('a', ('a'):rep(300))
    end,
}
