-- SPDX-License-Identifier: Apache-2.0
-- message job: hands a message to its gateway. Notices to one number that wait leave together.
local gateway = use "system/gateway/message"

-- The waiting notices to the same number, oldest first, the given one among them.
local function together(key, row)
    if not row.merge then
        return { { key = key, row = row } }
    end
    local out = {}
    for _, one in ipairs(store.list("message", { index = "to", equal = { row.to }, descending = true, limit = 50 }).rows) do
        if one.row.merge and one.row.state == "queued" and one.row.channel == row.channel then
            table.insert(out, 1, one)
        end
    end
    return out
end

local function texts(list)
    local out = {}
    for i, one in ipairs(list) do
        out[i] = one.row.text
    end
    return table.concat(out, "\n")
end

local function mark(tx, list)
    for _, one in ipairs(list) do
        local row = tx:get("message", one.key)
        if row then
            row.state, row.sent = "sent", tx:now()
            tx:put("message", one.key, row)
        end
    end
end

job.on("message.send", function(args, info)
    local row = store.get("message", args.key)
    local list = row and row.state == "queued" and together(args.key, row) or {}
    if #list > 0 then
        gateway.send(row, texts(list), list)
    end
    store.tx(function(tx)
        mark(tx, list)
        tx:finish(info.id)
    end)
end)
