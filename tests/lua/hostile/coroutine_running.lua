-- expect: error
return {
    run = function(f)
        return coroutine.running() ~= nil
    end,
}
