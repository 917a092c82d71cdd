-- expect: error
return {
    run = function(f)
        return type(debug)
    end,
}
