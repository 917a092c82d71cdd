-- expect: error
return {
    run = function(f)
        return load('return os', 'x', 't', _ENV)()
    end,
}
