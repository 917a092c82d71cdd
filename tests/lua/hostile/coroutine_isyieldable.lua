-- expect: error
return {
    run = function(f)
        return coroutine.isyieldable()
    end,
}
