-- expect: killed
return {
    run = function(f)
        repeat until false
    end,
}
