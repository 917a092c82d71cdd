-- expect: error
return {
    run = function(f)
        table.sort({1, 'x', {}})
    end,
}
