-- expect: error
return {
    run = function(f)
        n = (n or 0) + 1
        return n
    end,
}
