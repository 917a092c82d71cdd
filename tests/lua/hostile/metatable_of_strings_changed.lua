-- expect: error
return {
    run = function(f)
        getmetatable('').__index = function() while true do end end
        return ('x').y
    end,
}
