-- expect: error
return {
    run = function(f)
        return {[1.5] = 1}
    end,
}
