-- expect: error
return {
    run = function(f)
        local x <
        -- comment
        close> = nil
    end,
}
