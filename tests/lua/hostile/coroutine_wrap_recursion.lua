-- expect: error
return {
    run = function(f)
        local function g() return coroutine.wrap(g)() end
        return g()
    end,
}
