-- expect: value error
return {
    run = function(f)
        local t = {}
        for i = 1, 60 do t[i] = 1e308 end
        return #string.format(('%99.99f'):rep(60), table.unpack(t))
    end,
}
