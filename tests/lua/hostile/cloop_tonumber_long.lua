-- expect: error
return {
    run = function(f)
        return tonumber(('9'):rep(60000))
    end,
}
