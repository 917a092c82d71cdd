-- expect: error value
return {
    run = function(f)
        return text.matches(('a'):rep(3000), '(a*)*\\1b')
    end,
}
