-- expect: error
return {
    run = function(f)
        return '\xff\xfe'
    end,
}
