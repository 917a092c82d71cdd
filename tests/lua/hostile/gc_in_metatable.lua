-- expect: error
return {
    run = function(f)
        return setmetatable({}, { __gc = function() while true do end end })
    end,
}
