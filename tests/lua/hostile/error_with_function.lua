-- expect: error
return {
    run = function(f)
        error(function() end)
    end,
}
