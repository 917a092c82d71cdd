-- expect: error
return {
    run = function(f)
        return function() while true do end end
    end,
}
