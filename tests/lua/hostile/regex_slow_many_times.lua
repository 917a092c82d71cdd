-- expect: value error killed
return {
    run = function(f)
        for i = 1, 1000 do text.matches(('a'):rep(60), '((a?)*a?)*[bc]d?[ef]') end
        return 1
    end,
}
