-- expect: error
return {
    run = function(f)
        local _ENV = {}
        return string.rep('x', 3)
    end,
}
