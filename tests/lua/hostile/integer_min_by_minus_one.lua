-- expect: value
return {
    run = function(f)
        return math.mininteger // -1 == math.mininteger
    end,
}
