-- expect: value error
return {
    run = function(f)
        return text.matches('a', 'a(?C1)')
    end,
}
