-- expect: error
return {
    run = function(f)
        for _ in next, {}, nil, setmetatable({}, { __close = function() while true do end end }) do end
        return 1
    end,
}
