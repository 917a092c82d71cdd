-- expect: error
return {
    run = function(f)
        return use('../../etc/passwd')
    end,
}
