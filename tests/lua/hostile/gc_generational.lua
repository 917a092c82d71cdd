-- expect: error
return {
    run = function(f)
        return collectgarbage('generational')
    end,
}
