-- expect: error
return {
    run = function(f)
        return text.matches(('a'):rep(40) .. 'c', '(a|a)*[bd]')
    end,
}
