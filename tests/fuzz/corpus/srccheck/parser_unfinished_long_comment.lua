-- expect: error
--[==[ never closed
return {run = function() return 1 end}
