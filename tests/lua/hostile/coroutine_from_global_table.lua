-- expect: error
return {
    run = function(f)
        return _G.coroutine.wrap(function() return 1 end)()
    end,
}
