-- expect: error
return {
    run = function(f)
        while true do local x <close> = nil end
    end,
}
