-- expect: error
return {
    run = function(f)
        local t = {}
        t.t = t
        return t
    end,
}
