-- expect: error
local аdmin = true return {run = function() return 1 end}
