-- expect: error
return {
    run = function(f)
        assert(false, {})
    end,
}
