-- expect: value
return {
    run = function(f)
        local n = 0
        for k in pairs(_ENV) do n = n + 1 end
        return n
    end,
}
