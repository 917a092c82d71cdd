-- expect: error
return {run = function() return '⁦x⁩' end}
