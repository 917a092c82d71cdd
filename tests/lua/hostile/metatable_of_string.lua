-- expect: error
return {
    run = function(f)
        getmetatable('').__index = function() return 1 end
        return ('x').y
    end,
}
