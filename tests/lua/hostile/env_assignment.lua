-- expect: error
return {
    run = function(f)
        _ENV.escape = 1
    end,
}
