-- expect: error
return {
    run = function(f)
        local c = coroutine.wrap(function() table.sort({ 3, 2, 1 }, function(a, b) coroutine.yield() return a < b end) end)
        return c()
    end,
}
