-- expect: value
return {
    run = function(f)
        return math.maxinteger + 1 == math.mininteger
    end,
}
