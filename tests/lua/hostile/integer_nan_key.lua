-- expect: error
return {
    run = function(f)
        local t = {}
        t[0/0] = 1
    end,
}
