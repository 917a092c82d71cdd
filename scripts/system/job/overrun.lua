-- SPDX-License-Identifier: Apache-2.0
-- overrun job: the core starts it when calls of business rules were stopped; it goes on until all are written down.
local overrun = use "system/service/overrun"

local TRIES, WAIT_MS = 5, 1000

-- The store may be busy for a moment; the core's log has them in any case.
local function write(list)
    for try = 1, TRIES do
        local ok, e = pcall(overrun.write, list)
        if ok then
            return
        elseif try == TRIES then
            error(e, 0)
        end
        task.sleep(WAIT_MS)
    end
end

job.on("rules.overran", function()
    local list = bundle.overruns()
    while #list > 0 do
        write(list)
        list = bundle.overruns()
    end
end)
