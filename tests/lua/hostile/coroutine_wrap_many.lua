-- expect: error
return {
    run = function(f)
        for i = 1, 1000000 do
            coroutine.wrap(function() coroutine.yield(i) end)()
        end
    end,
}
