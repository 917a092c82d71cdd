-- expect: error
return {
    run = function(f)
        return setmetatable({}, { __mode = 'k' })
    end,
}
