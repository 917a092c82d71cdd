-- SPDX-License-Identifier: Apache-2.0
-- certificate_follow: the signer is the truth about certificates; the hall's copies follow its sequence. What was issued or
-- changed while the hall was dead, or by others, is found here.
local change = use "system/service/certificate_change"
local issuing = use "system/service/issuing"
local reader = use "system/service/reader"
local signer = use "system/service/signer"
local todo = use "system/service/todo"

local follow = {}

local SETTING, PAGES = "certificate.follow", 500

local function place()
    local row = store.get("setting", SETTING)
    return row and row.seq or 0
end

local function keep(seq)
    store.tx(function(tx)
        tx:put("setting", SETTING, { seq = seq })
    end)
end

local function made_of(c)
    return { ticket = c.ticket, serial = c.serial, authority = c.authority, der = c.der, sha256 = crypto.sha256(c.der),
        not_before = c.at // 1000, not_after = c.not_after }
end

-- What the hall cannot place is for people: it issued nothing without a ticket of its own.
local function strange(c, why)
    log.error("the signer knows of something that the hall does not", { serial = c.serial, event = c.event, why = tostring(why) })
    store.tx(function(tx)
        todo.add(tx, "certificate", { text = "签发端的记录与本系统不一致，序列号 " .. c.serial })
    end)
end

local function issued(c)
    if issuing.by_serial(reader.of(nil), c.serial) then
        return
    end
    store.tx(function(tx)
        if tx:get("ticket", c.ticket) then
            issuing.settle(tx, made_of(c))
        else
            fail("E_NOT_FOUND", "no such ticket")
        end
    end)
end

local function changed(c)
    local key = issuing.by_serial(reader.of(nil), c.serial)
    if not key then
        fail("E_NOT_FOUND", "no such certificate")
    end
    store.tx(function(tx)
        change.apply(tx, key, c)
    end)
end

-- Several changes of one certificate are one: the last.
local function newest(changes)
    local last = {}
    for i, c in ipairs(changes) do
        last[c.serial] = c.event ~= "issued" and i or last[c.serial]
    end
    return last
end

local function take(changes)
    local last = newest(changes)
    for i, c in ipairs(changes) do
        local wanted = c.event == "issued" and issued or last[c.serial] == i and changed
        local ok, why = pcall(wanted or tostring, c)
        if not ok and type(why) == "table" and (why.code == "E_NOT_FOUND" or why.code == "E_CONFLICT" or why.code == "E_DENIED") then
            strange(c, why.message)
        elseif not ok then
            error(why, 0)
        end
    end
end

-- follow.run() -> how many changes were read; the place is kept after each page, and read again after a crash between.
function follow.run()
    local count, seq = 0, place()
    for _ = 1, PAGES do
        local answered, found = signer.ask(issuer.changes, seq)
        if not answered then
            break
        end
        take(found.changes)
        count = count + #found.changes
        if found.seq ~= seq then
            keep(found.seq)
        end
        seq = found.seq
        if not found.more then
            break
        end
    end
    return count
end

return follow
