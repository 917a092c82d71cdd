-- expect: value killed
return {
    run = function(f)
        for i = 1, 100000 do text.matches('abc', 'a' .. i) end
        return 1
    end,
}
