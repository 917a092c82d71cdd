-- expect: error
return {
    run = function(f)
        return (''):dump()
    end,
}
