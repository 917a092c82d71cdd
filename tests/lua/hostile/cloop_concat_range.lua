-- expect: error
return {
    run = function(f)
        return table.concat({}, '', 1, 1e9)
    end,
}
