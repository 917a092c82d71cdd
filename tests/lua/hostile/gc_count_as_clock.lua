-- expect: error
return {
    run = function(f)
        return collectgarbage('count')
    end,
}
