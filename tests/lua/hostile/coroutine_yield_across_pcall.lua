-- expect: error
return {
    run = function(f)
        return pcall(function() coroutine.yield(1) end)
    end,
}
