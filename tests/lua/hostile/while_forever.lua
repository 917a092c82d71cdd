-- expect: killed
return {
    run = function(f)
        while true do end
    end,
}
