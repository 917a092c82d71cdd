-- expect: error
return {
    run = function(f)
        return table.unpack({}, math.mininteger, math.maxinteger)
    end,
}
