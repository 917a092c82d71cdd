-- expect: error
return {
    run = function(f)
        return {f = function() end}
    end,
}
