-- expect: error
return {
    run = function(f)
        return ('x').coroutine.wrap(function() end)()
    end,
}
