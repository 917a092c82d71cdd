-- expect: error
return {
    run = function(f)
        local c = coroutine.wrap(function() local x <close> = { } error('x') end)
        return c()
    end,
}
