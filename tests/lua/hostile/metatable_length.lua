-- expect: value
return {
    run = function(f)
        return #{ __len = function() while true do end end }
    end,
}
