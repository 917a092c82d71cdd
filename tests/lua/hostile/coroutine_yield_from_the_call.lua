-- expect: error
return {
    run = function(f)
        return coroutine.yield(1)
    end,
}
