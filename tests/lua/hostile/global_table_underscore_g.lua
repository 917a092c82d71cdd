-- expect: error
return {
    run = function(f)
        return _G
    end,
}
