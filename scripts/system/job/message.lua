-- SPDX-License-Identifier: Apache-2.0
-- message job: hands a message to its gateway. Notices to one number leave at least ten minutes apart, all that wait together.
local gateway = use "system/gateway/message"
local quota = use "system/service/quota"

local MERGE_MS = 10 * 60 * 1000

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

-- Milliseconds until this message may leave; 0: now, and those that come later wait for theirs. One that was cut off while it
-- was sent keeps its turn.
local function take_turn(tx, key, turn)
    local held = tx:get("quota", turn)
    if held and held.by ~= key and held.until_ms > tx:now() then
        return held.until_ms - tx:now()
    end
    tx:put("quota", turn, { by = key, until_ms = tx:now() + MERGE_MS })
    return 0
end

-- Whether it may leave now; else the job is put off.
local function has_turn(key, row, id)
    local turn = quota.key("notice", row.to)
    return not row.merge or store.tx(function(tx)
        local wait = take_turn(tx, key, turn)
        if wait > 0 then
            tx:enqueue("message.send", { key = key }, tx:now() + wait)
            tx:finish(id)
        end
        return wait == 0
    end)
end

local function send(key, row, id)
    local list = together(key, row)
    gateway.send(row, texts(list), list)
    store.tx(function(tx)
        mark(tx, list)
        tx:finish(id)
    end)
end

job.on("message.send", function(args, info)
    local row = store.get("message", args.key)
    if not row or row.state ~= "queued" then
        store.tx(function(tx) tx:finish(info.id) end)
    elseif has_turn(args.key, row, info.id) then
        send(args.key, row, info.id)
    end
end)
