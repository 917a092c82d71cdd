-- expect: error
return {
    run = function(f)
        return { __concat = function() while true do end end } .. 'x'
    end,
}
