-- expect: error
return {
    run = function(f)
        return coroutine.close(coroutine.running())
    end,
}
