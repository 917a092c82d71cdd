-- expect: error
return {
    run = function(f)
        local m = {}
        local t = setmetatable({}, m)
        m.__gc = function() t = nil end
        return 1
    end,
}
