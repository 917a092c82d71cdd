-- expect: error
return {
    run = function(f)
        local n = 0
        for _ = 1, 80 do
            local co = coroutine.create(function() for i = 1, 100000000 do n = i end end)
            coroutine.resume(co)
        end
        return n
    end,
}
