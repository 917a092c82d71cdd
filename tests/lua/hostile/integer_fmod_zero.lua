-- expect: error
return {
    run = function(f)
        return math.fmod(1, 0)
    end,
}
