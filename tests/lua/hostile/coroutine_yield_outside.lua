-- expect: error
return {
    run = function(f)
        return coroutine.yield(f)
    end,
}
