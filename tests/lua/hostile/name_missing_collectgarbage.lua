-- expect: error
return {
    run = function(f)
        return type(collectgarbage)
    end,
}
