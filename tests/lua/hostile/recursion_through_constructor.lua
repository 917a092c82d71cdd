-- expect: error killed
return {
    run = function(f)
        local function r() return {r()} end
        return r()
    end,
}
