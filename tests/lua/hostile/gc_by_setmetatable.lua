-- expect: error
return {
    run = function(f)
        setmetatable({}, { __gc = function() while true do end end })
    end,
}
