-- expect: error
return {
    run = function(f)
        for i in pairs(1) do end
    end,
}
