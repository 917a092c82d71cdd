-- expect: killed error
return {
    run = function(f)
        local n = ('x'):rep(60000)
        local t = {}
        return t[n][n]
    end,
}
