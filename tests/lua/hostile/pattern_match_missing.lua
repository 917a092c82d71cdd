-- expect: error
return {
    run = function(f)
        return ('x'):match('.-')
    end,
}
