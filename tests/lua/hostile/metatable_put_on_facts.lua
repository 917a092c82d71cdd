-- expect: error
return {
    run = function(f)
        setmetatable(f, { __index = function() while true do end end })
        return f.missing
    end,
}
