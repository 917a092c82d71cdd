-- expect: killed
return {
    run = function(f)
        local n = 0
        for i = math.mininteger, math.maxinteger do n = i end
        return n
    end,
}
