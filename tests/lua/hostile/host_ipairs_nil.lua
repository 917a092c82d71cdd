-- expect: error
return {
    run = function(f)
        for i in ipairs(nil) do end
    end,
}
