-- expect: error
return {
    run = function(f)
        return text.matches(('a'):rep(5000) .. 'b', '(a+)+')
    end,
}
