-- expect: error
return {
    run = function(f)
        return #text.split(('a,'):rep(30000), ',')
    end,
}
