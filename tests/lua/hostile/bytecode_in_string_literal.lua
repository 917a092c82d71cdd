-- expect: error
return {run = function() return 'LuaT' end}
