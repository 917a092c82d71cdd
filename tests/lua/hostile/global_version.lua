-- expect: error
return {
    run = function(f)
        return _VERSION
    end,
}
