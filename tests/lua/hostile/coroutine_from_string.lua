-- expect: error
return {
    run = function(f)
        return ('x').coroutine.wrap(function() return 1 end)()
    end,
}
