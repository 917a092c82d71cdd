-- expect: error
return {
    run = function(f)
        string.rep = function() return f end
        return ('x'):rep(2)
    end,
}
