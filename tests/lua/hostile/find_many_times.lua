-- expect: value killed
return {
    run = function(f)
        local s, n, c = ('a'):rep(65536), ('a'):rep(1000) .. 'b', 0
        for i = 1, 100000 do if s:find(n) then c = c + 1 end end
        return c
    end,
}
