-- SPDX-License-Identifier: Apache-2.0
-- quota: how often something that guards a secret was tried, as rows that outlive a restart. Windows slide.
-- rules = { { count, window in ms } …, widest window last }
local digest = use "system/service/digest"

local quota = {}

-- The row's key, made before the transaction: quota.key("login", "13800138000").
function quota.key(name, subject)
    return digest("quota:" .. name, subject)
end

local function times_of(row, from)
    local times = json.array {}
    for _, at in ipairs(row and row.times or {}) do
        if at > from then
            times[#times + 1] = at
        end
    end
    return times
end

-- Milliseconds until a rule allows one more.
local function wait_of(times, rules, now)
    local wait = 0
    for _, rule in ipairs(rules) do
        local nth = times[#times - rule[1] + 1]
        if nth then
            wait = math.max(wait, nth + rule[2] - now)
        end
    end
    return wait
end

-- How many tries were noted within the window. tx: a transaction, or nil outside.
function quota.used(tx, key, window, now)
    local row
    if tx then
        row = tx:get("quota", key)
    else
        row = store.get("quota", key)
    end
    return #times_of(row, now - window)
end

-- Notes one try: 0, or the milliseconds to wait when the rules allow none.
function quota.take(tx, key, rules)
    local now, widest = tx:now(), rules[#rules][2]
    local times = times_of(tx:get("quota", key), now - widest)
    local wait = wait_of(times, rules, now)
    if wait <= 0 then
        times[#times + 1] = now
        tx:put("quota", key, { times = times, until_ms = now + widest })
        return 0
    end
    return wait
end

-- Forgets what was noted, after a success.
function quota.clear(tx, key)
    tx:delete("quota", key)
end

-- "约 5 分钟", for a sentence
function quota.text(ms)
    local minutes = (ms + 59999) // 60000
    if ms < 60000 then
        return string.format("%d 秒", (ms + 999) // 1000)
    elseif minutes < 120 then
        return string.format("%d 分钟", minutes)
    end
    return string.format("%d 小时", (minutes + 59) // 60)
end

return quota
