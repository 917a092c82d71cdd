-- expect: error
return {
    run = function(f)
        do
            local x <close> = f
            goto done
        end
        ::done::
        return 1
    end,
}
