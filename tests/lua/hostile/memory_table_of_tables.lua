-- expect: killed
return {
    run = function(f)
        local t = {}
        while true do t = {t, t} t[#t + 1] = {t} t.x = {1, 2, 3, t} end
    end,
}
