-- expect: error
return {
    run = function(f)
        return string.format('%5', 1)
    end,
}
