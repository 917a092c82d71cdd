-- expect: error
return {
    run = function(f)
        return type(io)
    end,
}
