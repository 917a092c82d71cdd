-- expect: error
return {
    run = function(f)
        local function deep()
            return coroutine.wrap(deep)()
        end
        return deep()
    end,
}
