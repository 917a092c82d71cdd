-- expect: error
return {
    run = function(f)
        return utf8.char(65)
    end,
}
