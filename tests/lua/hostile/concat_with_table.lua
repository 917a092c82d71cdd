-- expect: error
return {
    run = function(f)
        return table.concat({{}})
    end,
}
