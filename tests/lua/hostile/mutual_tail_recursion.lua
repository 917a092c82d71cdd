-- expect: killed
return {
    run = function(f)
        local a, b
        function a(n) return b(n) end
        function b(n) return a(n) end
        return a(1)
    end,
}
