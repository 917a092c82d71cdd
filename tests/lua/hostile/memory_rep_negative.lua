-- expect: value
return {
    run = function(f)
        return ('x'):rep(-5)
    end,
}
