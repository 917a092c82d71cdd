-- expect: error
return {
    run = function(f)
        debug.upvaluejoin(f.run, 1, f.run, 1)
        return 1
    end,
}
