-- expect: error
return {
    run = function(f)
        return ('x'):gsub('.', '')
    end,
}
