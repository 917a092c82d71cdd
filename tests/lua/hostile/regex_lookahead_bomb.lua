-- expect: error value
return {
    run = function(f)
        return text.matches(('a'):rep(5000), '(?=(a+))a*b\\1')
    end,
}
