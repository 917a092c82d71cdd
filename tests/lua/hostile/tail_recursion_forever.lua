-- expect: killed
return {
    run = function(f)
        local function r(n) return r(n + 1) end
        return r(1)
    end,
}
