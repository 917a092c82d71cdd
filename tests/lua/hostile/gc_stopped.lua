-- expect: error
return {
    run = function(f)
        collectgarbage('stop')
        local t = {}
        for i = 1, 100000000 do t = { t } end
    end,
}
