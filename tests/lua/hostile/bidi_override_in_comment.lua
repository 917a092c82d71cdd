-- expect: error
-- ‮ reversed
return {run = function() return 1 end}
