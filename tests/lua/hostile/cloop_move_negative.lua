-- expect: error
return {
    run = function(f)
        return table.move({}, -1e9, 1, 2)
    end,
}
