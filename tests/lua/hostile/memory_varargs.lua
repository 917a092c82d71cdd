-- expect: error killed
return {
    run = function(f)
        local function v(...) return v(1, ...) end
        return v()
    end,
}
