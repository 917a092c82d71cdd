-- expect: error
return {
    run = function(f)
        return type(package)
    end,
}
