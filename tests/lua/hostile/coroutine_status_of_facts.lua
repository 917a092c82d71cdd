-- expect: error
return {
    run = function(f)
        return coroutine.status(f)
    end,
}
