-- expect: error
return {
    run = function(f)
        return string.dump(function() return f end)
    end,
}
