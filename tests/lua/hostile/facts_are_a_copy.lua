-- expect: value
return {
    run = function(f)
        f.n = 99
        f.list[1] = nil
        return f.n
    end,
}
