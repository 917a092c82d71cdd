-- expect: value
return {
    run = function(f)
        return ('abc'):sub(math.mininteger, math.maxinteger)
    end,
}
