-- expect: error killed
return {
    run = function(f)
        error(('x'):rep(65536) .. ('y'):rep(65536))
    end,
}
