-- expect: error
return {
    run = function(f)
        return string.format(('%d'):rep(100), table.unpack({1}))
    end,
}
