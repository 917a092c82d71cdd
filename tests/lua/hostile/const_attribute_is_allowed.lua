-- expect: value
return {
    run = function(f)
        local x <const> = 1
        return x
    end,
}
