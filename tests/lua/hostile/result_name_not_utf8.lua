-- expect: error
return {
    run = function(f)
        return {['\xff'] = 1}
    end,
}
