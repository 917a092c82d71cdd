-- expect: error
return {
    run = function(f)
        return text.matches('a', '\\C')
    end,
}
