-- expect: error
return {
    run = function(f)
        return form {}
    end,
}
