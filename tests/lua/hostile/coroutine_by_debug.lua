-- expect: error
return {
    run = function(f)
        return debug.sethook(coroutine.create(f.run), nil)
    end,
}
