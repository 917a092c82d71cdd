-- expect: killed
return {
    run = function(f)
        for i = 0, 1, 1e-300 do end
    end,
}
