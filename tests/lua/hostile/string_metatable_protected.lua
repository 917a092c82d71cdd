-- expect: error
return {
    run = function(f)
        return getmetatable('').__index
    end,
}
