-- expect: error
return {
    run = function(f)
        return setmetatable({}, { __concat = function() return '' end }) .. 'x'
    end,
}
