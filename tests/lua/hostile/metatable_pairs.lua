-- expect: error
return {
    run = function(f)
        return pairs(setmetatable({}, { __pairs = function() return function() return 1 end end }))
    end,
}
