-- expect: value
return {
    run = function(f)
        return ('a.-b'):find('.-')
    end,
}
