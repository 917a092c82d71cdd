-- expect: error value
return {run = function() return 'ÿþ' end}
