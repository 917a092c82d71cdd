-- expect: error
return {
    run = function(f)
        return math.random(0)
    end,
}
