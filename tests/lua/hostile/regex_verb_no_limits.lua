-- expect: error value
return {
    run = function(f)
        return text.matches(('a'):rep(5000) .. 'b', '(*LIMIT_MATCH=4000000000)(a+)+')
    end,
}
