-- expect: error killed
return {
    run = function(f)
        local function r(n) return 1 + r(n + 1) end
        return r(1)
    end,
}
