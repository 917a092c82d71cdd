-- expect: error
return {
    run = function(f)
        local function chain(n) return n == 0 and 1 or select(2, coroutine.resume(coroutine.create(chain), n - 1)) end
        return chain(10000)
    end,
}
