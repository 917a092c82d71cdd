-- expect: error
return {
    run = function(f)
        math.randomseed(1)
    end,
}
