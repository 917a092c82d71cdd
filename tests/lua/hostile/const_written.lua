-- expect: error
return {
    run = function(f)
        local x <const> = 1
        x = 2
        return x
    end,
}
