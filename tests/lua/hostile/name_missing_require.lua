-- expect: error
return {
    run = function(f)
        return type(require)
    end,
}
