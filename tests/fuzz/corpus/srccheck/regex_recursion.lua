-- expect: error
return {
    run = function(f)
        return text.matches(('(('):rep(4000), '^((?:\\((?1)*\\))|x)+y')
    end,
}
