-- expect: error
return {
    run = function(f)
        table.insert(string, 'x')
        return #string
    end,
}
