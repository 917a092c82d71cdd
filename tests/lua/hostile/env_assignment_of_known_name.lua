-- expect: error
return {
    run = function(f)
        string = nil
    end,
}
