-- expect: error
return {
    run = function(f)
        return table.move({}, 1, 1e9, 2)
    end,
}
