-- expect: error
return {
    run = function(f)
        return _ENV.coroutine.wrap(function() return 1 end)()
    end,
}
