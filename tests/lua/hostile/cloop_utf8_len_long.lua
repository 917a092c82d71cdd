-- expect: value
return {
    run = function(f)
        return utf8.len(('x'):rep(60000))
    end,
}
