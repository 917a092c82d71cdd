-- expect: value killed
return {
    run = function(f)
        local a, b = ('x'):rep(65536), ('x'):rep(65535) .. 'x'
        local n = 0
        for i = 1, 1000000 do if a == b then n = n + 1 end end
        return n
    end,
}
