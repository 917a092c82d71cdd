-- expect: error
return {
    run = function(f)
        local s = 'x'
        s.rep = nil
        return s
    end,
}
