-- expect: error
return {
    run = function(f)
        return '10' + 1
    end,
}
