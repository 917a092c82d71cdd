-- expect: error
local me = use("hostile")
return {run = function() return 1 end}
