-- expect: error
return {
    run = function(f)
        return coroutine.create(function() end) ~= nil
    end,
}
