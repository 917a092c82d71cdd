-- expect: error
return {
    run = function(f)
        local co = _ENV['corou' .. 'tine']
        return co.wrap(function() return 1 end)()
    end,
}
