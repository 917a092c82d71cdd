-- expect: value
return {
    run = function(f)
        return ('abc'):find('a', math.mininteger) == 1 and ('abc'):find('a', math.maxinteger) == nil
    end,
}
