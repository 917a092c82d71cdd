-- expect: error
return {
    run = function(f)
        return {__gc = function() end}
    end,
}
