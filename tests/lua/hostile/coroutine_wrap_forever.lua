-- expect: error
return {
    run = function(f)
        local spin = coroutine.wrap(function() while true do end end)
        return spin()
    end,
}
