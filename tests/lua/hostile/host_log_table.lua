-- expect: error
return {
    run = function(f)
        log('debug', {})
    end,
}
