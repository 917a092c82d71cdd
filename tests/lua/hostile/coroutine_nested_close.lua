-- expect: error
return {
    run = function(f)
        local function deep(n) local c <const> = coroutine.wrap(function() deep(n - 1) end) c() end
        return deep(200)
    end,
}
