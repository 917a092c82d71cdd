-- expect: error
return {
    run = function(f)
        local list = { 3, 1, 2 }
        table.sort(list, function(a, b) coroutine.yield() return a < b end)
        return list
    end,
}
