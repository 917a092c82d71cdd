-- expect: error killed
return {
    run = function(f)
        local function deep(t) table.sort({1, 2, 3}, function(a, b) deep(t) return a < b end) end
        deep({})
    end,
}
