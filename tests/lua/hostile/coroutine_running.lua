-- expect: error
return {
    run = function(f)
        return type(coroutine.running())
    end,
}
