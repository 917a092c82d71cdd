-- SPDX-License-Identifier: Apache-2.0
-- limited: what one network may ask for, in memory: against floods. What guards a secret is counted by quota. Whoever tries
-- the hall out on their own machine is not limited.
local limited = {}

local function is_own_machine(req)
    return config.try_mode == true and req:peer() == "127.0.0.1"
end

-- limited.wait(req, name, burst, every_ms) -> 0, or the milliseconds to wait
function limited.wait(req, name, burst, every_ms)
    return is_own_machine(req) and 0 or limit.take(name, limit.network(req:peer()), burst, every_ms)
end

-- Raises E_BUSY when there is to wait.
function limited.check(req, name, burst, every_ms)
    if limited.wait(req, name, burst, every_ms) > 0 then
        fail("E_BUSY", "操作太频繁，请稍后再试")
    end
end

return limited
