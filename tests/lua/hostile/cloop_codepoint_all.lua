-- expect: value error
return {
    run = function(f)
        return utf8.codepoint(('x'):rep(60000), 1, -1)
    end,
}
