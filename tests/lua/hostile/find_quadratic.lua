-- expect: value
return {
    run = function(f)
        local s, n = ('a'):rep(60000), ('a'):rep(1000) .. 'b'
        return s:find(n) == nil
    end,
}
