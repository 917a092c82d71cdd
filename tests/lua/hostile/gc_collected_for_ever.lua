-- expect: error
return {
    run = function(f)
        while true do collectgarbage('collect') end
    end,
}
