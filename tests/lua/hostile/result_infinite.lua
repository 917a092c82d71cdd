-- expect: error
return {
    run = function(f)
        return math.huge
    end,
}
