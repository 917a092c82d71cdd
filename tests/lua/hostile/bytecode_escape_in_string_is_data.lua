-- expect: value
return {
    run = function(f)
        return #'\27Lua'
    end,
}
