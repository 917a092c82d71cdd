-- expect: error
return {
    run = function(f)
        for _ in function() end, nil, nil, { __close = function() while true do end end } do end
    end,
}
