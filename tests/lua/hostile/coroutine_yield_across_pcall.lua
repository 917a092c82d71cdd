-- expect: error
return {
    run = function(f)
        return coroutine.wrap(function() return pcall(coroutine.yield, 1) end)()
    end,
}
