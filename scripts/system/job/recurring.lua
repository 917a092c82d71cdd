-- SPDX-License-Identifier: Apache-2.0
-- recurring job, and the sweep of rows whose time is over.
local bundles = use "system/service/bundles"
local recurring = use "system/service/recurring"

local HOUR = 3600 * 1000
local SWEPT = { "session", "challenge", "quota", "kept_post", "idempotency", "link" }

job.on("hall.start", function()
    bundles.start()
    recurring.start()
end)

job.on("recurring", function(args, info)
    recurring.run(args.name, args.chain, info.id)
end)

-- Rows of a table that ended by now, at most 200 at a time.
local function sweep(name)
    local found = store.list(name, { index = "until", to = time.now(), limit = 200 })
    if #found.rows > 0 then
        store.tx(function(tx)
            for _, one in ipairs(found.rows) do
                local row = tx:get(name, one.key)
                if row and row.until_ms <= tx:now() then
                    tx:delete(name, one.key)
                end
            end
        end)
    end
    return found.more
end

recurring.every("sweep", HOUR, function()
    for _, name in ipairs(SWEPT) do
        for _ = 1, 50 do
            if not sweep(name) then
                break
            end
        end
    end
end)
