-- expect: error
return {
    run = function(f)
        for i in coroutine.wrap(function() while true do coroutine.yield(1) end end) do
            f.n = i
        end
    end,
}
