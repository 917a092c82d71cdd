-- expect: error
return {
    run = function(f)
        local c = coroutine.create(function() local x <close> = f coroutine.yield() end)
        coroutine.resume(c)
        return coroutine.close(c)
    end,
}
