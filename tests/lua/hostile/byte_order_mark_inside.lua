-- expect: error
local a = 1 ﻿ return {run = function() return 1 end}
