-- expect: value
return {
    run = function(f)
        return select(-1, 1, 2)
    end,
}
