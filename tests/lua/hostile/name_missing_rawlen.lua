-- expect: error
return {
    run = function(f)
        return type(rawlen)
    end,
}
