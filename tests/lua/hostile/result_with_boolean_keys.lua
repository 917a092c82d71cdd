-- expect: error
return {
    run = function(f)
        return {[true] = 1}
    end,
}
