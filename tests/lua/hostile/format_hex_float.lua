-- expect: error
return {
    run = function(f)
        return string.format('%a', 1)
    end,
}
