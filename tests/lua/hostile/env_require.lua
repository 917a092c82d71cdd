-- expect: error
return {
    run = function(f)
        return require('os').getenv('HOME')
    end,
}
