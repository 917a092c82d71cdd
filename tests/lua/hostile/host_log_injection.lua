-- expect: value
return {
    run = function(f)
        log('debug', 'a\n{"level":"error"}\27[31m')
        return 1
    end,
}
