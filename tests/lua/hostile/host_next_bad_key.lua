-- expect: error
return {
    run = function(f)
        return next({}, 'nope')
    end,
}
