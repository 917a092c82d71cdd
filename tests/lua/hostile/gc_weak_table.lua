-- expect: error
return {
    run = function(f)
        return setmetatable({}, { __mode = 'kv' })[1] == nil
    end,
}
