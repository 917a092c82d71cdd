-- expect: error
return {
    run = function(f)
        local x <  close  > = nil
    end,
}
