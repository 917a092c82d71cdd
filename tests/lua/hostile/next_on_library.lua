-- expect: value
return {
    run = function(f)
        return next(string) == nil
    end,
}
