-- expect: value
return {
    run = function(f)
        return ('x'):byte(math.maxinteger) == nil and ('x'):byte(math.mininteger, -5) == nil
    end,
}
