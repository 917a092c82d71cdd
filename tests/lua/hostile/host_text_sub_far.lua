-- expect: value
return {
    run = function(f)
        return text.sub('abc', 1, math.maxinteger)
    end,
}
