-- expect: error
return {
    run = function(f)
        return 1 << 1.5
    end,
}
