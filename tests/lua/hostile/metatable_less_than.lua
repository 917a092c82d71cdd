-- expect: error
return {
    run = function(f)
        local t = { __lt = function() while true do end end }
        return t < t
    end,
}
