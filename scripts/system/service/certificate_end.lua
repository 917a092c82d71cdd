-- SPDX-License-Identifier: Apache-2.0
-- certificate_end: what time does to certificates: reminders before the end, and the end.
local live = use "system/service/live"
local message = use "system/service/message"
local names = use "system/service/names"

local ending = {}

local DAY_MS = 24 * 3600 * 1000
local PAGE, PAGES = 200, 100

-- Calls f(key, row) for the certificates of a state whose end lies between two moments.
local function each(state, from, to, f)
    local after
    for _ = 1, PAGES do
        local found = store.list("certificate", { index = "ends", equal = { state }, from = from, to = to, limit = PAGE, after = after })
        for _, one in ipairs(found.rows) do
            f(one.key, one.row)
        end
        after = found.after
        if not found.more then
            break
        end
    end
end

-- The reminder that is due: the smallest of those that are not smaller than the days that are left.
local function due_of(days_left, reminders)
    local due
    for _, days in ipairs(reminders) do
        if days_left <= days and (not due or days < due) then
            due = days
        end
    end
    return due
end

local function was_told(row, days)
    for _, told in ipairs(row.told) do
        if told <= days then
            return true
        end
    end
    return false
end

local function remind_in(tx, key, days, days_left)
    local row = tx:get("certificate", key)
    if not row or row.state ~= "valid" or was_told(row, days) then
        return
    end
    local owner = tx:get("case", row.case)
    owner.key = row.case
    row.told[#row.told + 1] = days
    tx:put("certificate", key, row)
    message.send(tx, owner, "expiring", { subject = row.subject, expiry = time.date(row.not_after), days = tostring(days_left) })
end

-- ending.remind(): one reminder for each of site.expiry_reminders, the nearest only when some were missed
function ending.remind()
    local reminders, now = live.rules():site().expiry_reminders, time.now()
    local widest = math.max(table.unpack(reminders))
    each("valid", now, now + widest * DAY_MS, function(key, row)
        local days_left = (row.not_after - now + DAY_MS - 1) // DAY_MS
        local due = due_of(days_left, reminders)
        if due and not was_told(row, due) then
            store.tx(function(tx)
                remind_in(tx, key, due, days_left)
            end)
        end
    end)
end

local function expire(key)
    store.tx(function(tx)
        local row = tx:get("certificate", key)
        if row and row.not_after <= tx:now() and (row.state == "valid" or row.state == "frozen") then
            row.state = "expired"
            tx:put("certificate", key, row)
            tx:append("audit", row.case, { event = "certificate.expired", serial = row.serial })
            names.free(tx, row.case)
        end
    end)
end

-- ending.expire(): certificates whose time is over
function ending.expire()
    local over = {}
    for _, state in ipairs { "valid", "frozen" } do
        each(state, 0, time.now(), function(key)
            over[#over + 1] = key
        end)
    end
    for _, key in ipairs(over) do
        expire(key)
    end
end

return ending
