-- expect: error
return {
    run = function(f)
        local t = {}
        t[nil] = 1
    end,
}
