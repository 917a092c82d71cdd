-- expect: error
return {
    run = function(f)
        return {1, nil, 3, x = 2}
    end,
}
