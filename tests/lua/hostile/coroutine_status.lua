-- expect: error
return {
    run = function(f)
        return coroutine.status(coroutine.create(function() end))
    end,
}
