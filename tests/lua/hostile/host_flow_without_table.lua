-- expect: error
return {
    run = function(f)
        return flow 'x' (1)
    end,
}
