-- expect: error
return {
    run = function(f)
        return ('x'):gmatch('.')
    end,
}
