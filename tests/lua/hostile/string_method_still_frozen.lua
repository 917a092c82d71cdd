-- expect: error
return {
    run = function(f)
        local s = ''
        s.rep = nil
    end,
}
