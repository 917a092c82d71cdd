-- expect: error
return {
    run = function(f)
        return text.matches('a', '(((a{1,200}){1,200}){1,200}){1,200}')
    end,
}
