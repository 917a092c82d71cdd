-- expect: value
return {
    run = function(f)
        local t = {__gc = 1, __index = 2, __mode = 'k', __close = 3, __name = 'x'}
        return t.missing == nil
    end,
}
