-- expect: error
return {
    run = function(f)
        return table.concat({}, '', math.mininteger, math.maxinteger)
    end,
}
