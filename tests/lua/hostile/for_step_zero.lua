-- expect: error
return {
    run = function(f)
        for i = 1, 2, 0 do end
    end,
}
