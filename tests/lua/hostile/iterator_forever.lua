-- expect: killed
return {
    run = function(f)
        for k in function() return 1 end do end
    end,
}
