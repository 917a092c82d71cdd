-- expect: error
return {
    run = function(f)
        collectgarbage('stop')
        local t = {}
        while true do t = { t } end
    end,
}
