-- expect: error
return {
    run = function(f)
        return table.unpack({}, 1, 1e8)
    end,
}
