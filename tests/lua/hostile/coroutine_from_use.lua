-- expect: error
return {
    run = function(f)
        return use('coroutine').wrap(function() return 1 end)()
    end,
}
