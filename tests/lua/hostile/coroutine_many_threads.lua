-- expect: error
return {
    run = function(f)
        local t = {}
        for i = 1, 1000000 do t[i] = coroutine.create(function() end) end
        return #t
    end,
}
