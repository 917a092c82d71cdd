-- expect: error
return {
    run = function(f)
        return table.move({}, 1, math.maxinteger, 2)
    end,
}
