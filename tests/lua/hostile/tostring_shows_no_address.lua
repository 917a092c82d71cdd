-- expect: value
return {
    run = function(f)
        return {tostring({}), tostring(table.sort), tostring(nil)}
    end,
}
