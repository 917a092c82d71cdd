-- expect: error
return {
    run = function(f)
        local function deep(n)
            local co = coroutine.create(function()
                local x <const> = deep
                coroutine.yield(x(n + 1))
            end)
            coroutine.resume(co)
            return coroutine.close(co)
        end
        return deep(1)
    end,
}
