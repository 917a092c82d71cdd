-- expect: error
return {
    run = function(f)
        local x < --[[ a ]] close > = nil
    end,
}
