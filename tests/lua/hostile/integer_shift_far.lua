-- expect: value
return {
    run = function(f)
        return 1 << 1000
    end,
}
