-- expect: error
return {
    run = function(f)
        return type(rawget)
    end,
}
