-- expect: error
return {
    run = function(f)
        return _ENV['co' .. 'routine'].wrap(function() return 1 end)()
    end,
}
