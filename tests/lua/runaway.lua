-- SPDX-License-Identifier: Apache-2.0
-- Handlers that the host must stop; run by lua_test.c.
job.on("runaway:loop", function() while true do end end)

job.on("runaway:pcall", function()
    while true do
        pcall(function() while true do end end)
    end
end)

job.on("runaway:memory", function()
    local t = {}
    for i = 1, 1000000000 do
        t[i] = { i, tostring(i) }
    end
end)

job.on("runaway:close", function()
    local held <close> = setmetatable({}, { __close = function() while true do end end })
    while true do end
end)

job.on("runaway:children", function()
    local function wait()
        task.sleep(30000)
    end
    task.all { wait, wait, wait, wait }
end)
