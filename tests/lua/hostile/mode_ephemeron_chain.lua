-- expect: error
return {
    run = function(f)
        local t = setmetatable({}, { __mode = 'k' })
        local last = {}
        for _ = 1, 100000 do local k = {} t[k] = last last = k end
        return 1
    end,
}
