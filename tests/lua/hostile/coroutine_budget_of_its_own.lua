-- expect: error
return {
    run = function(f)
        for _ = 1, 1000 do coroutine.wrap(function() for _ = 1, 1000000 do end end)() end
        return 1
    end,
}
