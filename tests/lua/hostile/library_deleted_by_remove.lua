-- expect: error
return {
    run = function(f)
        table.remove(string)
        return type(string.rep)
    end,
}
