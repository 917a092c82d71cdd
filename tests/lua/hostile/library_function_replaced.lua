-- expect: error
return {
    run = function(f)
        string.rep = function() end
    end,
}
