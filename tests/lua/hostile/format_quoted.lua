-- expect: error
return {
    run = function(f)
        return string.format('%q', 1/3)
    end,
}
