-- expect: error
return {
    run = function(f)
        return string.format('%p', {})
    end,
}
