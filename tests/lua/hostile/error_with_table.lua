-- expect: error
return {
    run = function(f)
        error({code = 'E_DENIED'})
    end,
}
