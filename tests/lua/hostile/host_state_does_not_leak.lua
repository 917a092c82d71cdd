-- expect: value
return {
    run = function(f)
        return text.normalize('ＡＢＣ１２３　')
    end,
}
