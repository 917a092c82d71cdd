-- expect: error
return {
    run = function(f)
        return string.dump(function() end)
    end,
}
