-- expect: error
return {
    run = function(f)
        kept = kept or coroutine.wrap(function() while true do coroutine.yield(f) end end)
        return kept()
    end,
}
