-- expect: killed
return {
    run = function(f)
        ::again::
        goto again
    end,
}
