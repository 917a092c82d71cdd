-- SPDX-License-Identifier: Apache-2.0
-- rules_running: what runs, for administrators: the bundles that cases follow, kinds that were suspended for overruns or closed
-- by hand, and the calls that were stopped.
local closing = use "system/service/closing"
local csrf = use "lib/csrf"
local guard = use "system/service/guard"
local live = use "system/service/live"
local overrun = use "system/service/overrun"
local shell = use "system/page/staff/shell"

local ADMIN = { "admin" }
local TITLE, HREF = "运行情况", "/staff/rules/running"
local BUNDLES_MAX, SHORT = 100, 12
local REASONS = { ["time limit reached"] = "超过时间", ["instruction budget used up"] = "步数过多", ["memory limit reached"] = "超过内存" }

local bundle_columns = { { id = "hash", label = "版本" }, { id = "since", label = "保存时间", short = true }, { id = "open", label = "未办结申请", amount = true },
    { id = "loaded", label = "载入" }, { id = "state", label = "状态" } }
local overrun_columns = { { id = "at", label = "时间", short = true }, { id = "kind", label = "业务" }, { id = "place", label = "位置" }, { id = "why", label = "原因" },
    { id = "count", label = "次数", amount = true }, { id = "case", label = "申请" }, { id = "cause", label = "请求" } }

local function short(hash)
    return string.sub(hash, 1, SHORT)
end

-- Names of the states in which a case is not over.
local function open_states(b)
    local names = {}
    for _, kind in ipairs(b:kinds()) do
        for name, state in pairs(b:flow(kind.id).states) do
            names[name] = not state.final or nil
        end
    end
    return names
end

local function count_open(hash, states)
    local n = 0
    for name in pairs(states) do
        n = n + store.count("cases_by_bundle", { hash, name })
    end
    return n
end

-- A bundle in use, or nil: it is live, or cases follow it.
local function bundle_cell(hash, row, states)
    local open, is_live = count_open(hash, states), hash == live.hash()
    if open == 0 and not is_live then
        return nil
    end
    return { hash = { label = short(hash), href = "/staff/rules/bundles/" .. hash, say = time.text(row.at) }, since = time.text(row.at), open = tostring(open),
        loaded = bundle.known(hash) and "已载入" or "用到时载入", state = is_live and { tag = "使用中", tone = "green" } or { tag = "旧申请沿用", tone = "grey" } }
end

local function bundle_cells()
    local out, states = {}, open_states(live.rules())
    for _, one in ipairs(store.list("bundle", { index = "at", descending = true, limit = BUNDLES_MAX }).rows) do
        out[#out + 1] = bundle_cell(one.key, one.row, states)
    end
    return out
end

local function place_href(hash, file, line)
    return shell.href("/staff/rules/bundles/" .. hash .. "/file", { { "name", file }, { "line", tostring(line) } }) .. "#L" .. line
end

local function place_cell(row)
    if row.file == "" then
        return row.path
    end
    return { label = row.file .. " 第 " .. row.line .. " 行", href = place_href(row.bundle, row.file, row.line), say = "版本 " .. short(row.bundle) }
end

local function case_cell(row)
    local case = row.case ~= "" and store.get("case", row.case)
    local more = #row.cases > 1 and "等 " .. #row.cases .. " 件" or ""
    return case and { label = case.number .. more, href = "/staff/case/" .. row.case } or "无"
end

local function overrun_cells(rows)
    local out = {}
    for i, one in ipairs(rows) do
        local row = one.row
        out[i] = { at = time.text(row.at), kind = overrun.label(row.kind), place = place_cell(row), why = REASONS[row.why] or row.why,
            count = tostring(row.count), case = case_cell(row), cause = row.cause == "job" and "后台任务" or row.cause }
    end
    return out
end

local function suspended(can_back)
    local out = {}
    for i, one in ipairs(bundle.suspended()) do
        local file, line = string.match(one.where, "^(.+):(%d+)$")
        out[i] = { label = overrun.label(one.kind), kind = one.kind, bundle = one.bundle, short = short(one.bundle), since = time.text(one.since),
            place = file and file .. " 第 " .. line .. " 行" or "规则中", href = file and place_href(one.bundle, file, line),
            can_back = can_back and one.bundle == live.hash() }
    end
    return out
end

local function closed()
    local out, all = {}, closing.all()
    for _, kind in ipairs(live.rules():kinds()) do
        local one = all[kind.id]
        out[#out + 1] = one and { kind = kind.id, label = kind.label, text = one.text, to = one.to ~= "" and one.to or nil, by = one.by_name,
            at = time.text(one.at) } or nil
    end
    return out
end

-- The kinds that can be closed.
local function open_kinds()
    local out, all = {}, closing.all()
    for _, kind in ipairs(live.rules():kinds()) do
        out[#out + 1] = not all[kind.id] and { value = kind.id, label = kind.label } or nil
    end
    return out
end

local done_words = { resumed = "已恢复办理", back = "已恢复上一版规则，新的申请按上一版办理", closed = "已暂停受理，新的申请看到您写的说明", opened = "已恢复受理" }

local function typed_in(req)
    local is_post = req:method() == "POST"
    return { kind = is_post and req:field("kind") or "", text = is_post and req:field("text") or "", to = is_post and req:field("to") or "" }
end

local function show(req, status, user, refused)
    local setting = store.get("setting", "live") or {}
    local found = overrun.latest(50, req:query("after"))
    return shell.send(req, status, "rules/running", user, { title = TITLE, refused = refused, done = done_words[req:query("done") or ""],
        bundle_columns = bundle_columns, bundles = bundle_cells(), overrun_columns = overrun_columns, overruns = overrun_cells(found.rows),
        suspended = suspended(setting.before ~= nil), closed = closed(), kinds = open_kinds(), typed = typed_in(req), action = HREF,
        crumbs = { { label = "工作台", href = "/staff" }, { label = "业务规则", href = "/staff/rules" }, { label = TITLE } },
        after = found.more and shell.href(HREF, { { "after", found.after } }) or nil })
end

http.get(HREF, guard.staff(ADMIN, function(req, user)
    return show(req, 200, user)
end), { staff = true, no_store = true })

local acts = {
    resume = function(req, user)
        overrun.resume(user, req:field("bundle") or "", req:field("kind") or "")
        return "resumed"
    end,
    back = function(req, user)
        overrun.back(user, req:field("bundle") or "", req:field("kind") or "")
        return "back"
    end,
    close = function(req, user)
        local kind = live.rules():kind(req:field("kind") or "").id
        closing.close(user, kind, req:field("text"), req:field("to"))
        return "closed"
    end,
    open = function(req, user)
        closing.open(user, req:field("kind") or "")
        return "opened"
    end,
}

http.post(HREF, guard.staff(ADMIN, function(req, user)
    csrf.check(req)
    local act = acts[req:field("act")] or fail("E_INVALID", "没有这项操作")
    local status, sentence, done = shell.try(function() return act(req, user) end)
    if status then
        return show(req, status, user, sentence)
    end
    return req:redirect(HREF .. "?done=" .. done)
end), { staff = true })
