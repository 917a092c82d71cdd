-- expect: error
return {
    run = function(f)
        return text.matches(('a'):rep(20000), 'a*')
    end,
}
