-- expect: error
return {
    run = function(f)
        return string.format('%999d', 1)
    end,
}
