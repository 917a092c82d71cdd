-- SPDX-License-Identifier: Apache-2.0
-- overrun: calls of business rules that were stopped, kept for administrators. What repeats within a day is one row that counts:
-- { bundle, kind, path, file, line, why, case (the last), cases (up to ten), cause, at (the last), first, count, suspended, what }
local live = use "system/service/live"
local publish = use "system/service/publish"
local todo = use "system/service/todo"

local overrun = {}

local CASES_MAX = 10

local function what_of(one)
    return table.concat({ one.bundle, one.kind, one.path, one.where, time.date(one.at) }, "|")
end

local function note_case(row, key)
    if not store.is_key(key) then
        return
    end
    row.case = key
    for _, known in ipairs(row.cases) do
        if known == key then
            return
        end
    end
    if #row.cases < CASES_MAX then
        row.cases[#row.cases + 1] = key
    end
end

local function fresh(one)
    local file, line = string.match(one.where, "^(.+):(%d+)$")
    return { bundle = one.bundle, kind = one.kind, path = one.path, file = file or "", line = tonumber(line) or 0, case = "",
        cases = json.array {}, first = one.at, count = 0, suspended = false, what = what_of(one) }
end

local function write(tx, one)
    local found = tx:list("overrun", { index = "what", equal = { what_of(one) }, limit = 1 }).rows[1]
    local key, row = found and found.key or tx:key(), found and found.row or fresh(one)
    row.at, row.why, row.cause, row.count = one.at, one.why, one.cause, row.count + one.count
    row.suspended = row.suspended or one.suspended
    note_case(row, one.case)
    tx:put("overrun", key, row)
end

-- The name of a kind; rules that are gone had names too.
function overrun.label(kind)
    local ok, row = pcall(function() return live.rules():kind(kind) end)
    return ok and row.label or kind ~= "" and kind or "不属于某项业务"
end

local function tell(tx, one)
    todo.add(tx, "bundle", { text = "“" .. overrun.label(one.kind) .. "”的规则一分钟内三次超过限制，已暂停办理（" .. one.where .. "），请在“运行情况”中处理" })
    tx:append("audit", one.bundle, { event = "rules.suspended", kind = one.kind, where = one.where })
end

-- overrun.write(list of bundle.overruns())
function overrun.write(list)
    store.tx(function(tx)
        for _, one in ipairs(list) do
            write(tx, one)
            if one.suspended then
                tell(tx, one)
            end
        end
    end)
end

-- overrun.latest(limit, after) -> { rows, more, after }, those that began last first
function overrun.latest(limit, after)
    return store.list("overrun", { descending = true, limit = limit, after = after })
end

-- { bundle, kind, where, since }. E_CONFLICT when it is not suspended.
local function suspension(hash, kind)
    for _, one in ipairs(bundle.suspended()) do
        if one.bundle == hash and one.kind == kind then
            return one
        end
    end
    return fail("E_CONFLICT", "这项业务没有暂停办理，请刷新页面")
end

-- overrun.resume(user, hash, kind): the kind is asked of this bundle again. E_CONFLICT when it is not suspended.
function overrun.resume(user, hash, kind)
    suspension(hash, kind)
    store.tx(function(tx)
        tx:append("audit", hash, { event = "rules.resumed", kind = kind, by = user.account })
    end)
    bundle.resume(hash, kind)
end

-- overrun.back(user, hash, kind): the rules before the live ones, in which the kind is suspended, are live again. E_CONFLICT.
function overrun.back(user, hash, kind)
    local one = suspension(hash, kind)
    if hash ~= live.hash() then
        fail("E_CONFLICT", "这个版本已经不是使用中的规则，请刷新页面")
    end
    publish.back(user, "“" .. overrun.label(kind) .. "”的规则一分钟内三次超过限制（" .. one.where .. "）")
end

return overrun
