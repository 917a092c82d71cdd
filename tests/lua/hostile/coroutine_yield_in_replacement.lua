-- expect: error
return {
    run = function(f)
        return coroutine.wrap(function() return text.replace('a', 'a', coroutine.yield()) end)()
    end,
}
