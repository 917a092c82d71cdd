-- SPDX-License-Identifier: Apache-2.0
-- rules_propose: a draft on its way to a second administrator: why, from when, and what becomes of applications that were
-- handed in already.
local csrf = use "lib/csrf"
local bundles = use "system/service/bundles"
local draft = use "system/service/rules_draft"
local guard = use "system/service/guard"
local move = use "system/service/move"
local propose = use "system/service/propose"
local replay = use "system/service/replay"
local rules_diff = use "system/service/rules_diff"
local rules_report = use "system/page/staff/rules_report"
local rules_shell = use "system/page/staff/rules_shell"
local shell = use "system/page/staff/shell"

local ADMIN = { "admin" }
local REPLAY_WAIT_MS = 1500

local open_columns = { { id = "kind", label = "业务" }, { id = "state", label = "状态" }, { id = "count", label = "申请", amount = true } }

local function open_rows(states)
    local out = {}
    for i, one in ipairs(states) do
        out[i] = { kind = one.kind_label, state = one.label, count = tostring(one.count) }
    end
    return out
end

-- What was asked of the moves, with words of the kinds.
local function lacking_of(asked)
    local labels = {}
    for _, one in ipairs(asked.states) do
        labels[one.kind] = one.kind_label
    end
    for _, one in ipairs(asked.lacking) do
        one.kind_label = labels[one.kind]
    end
    return asked.lacking
end

-- { map = { ["kind:state"] = state } } when open applications are to be moved.
local function moves_of(req)
    local map = {}
    for name, value in pairs(req:fields()) do
        local id = string.match(name, "^move%.([%w_]+:[%w_]+)$")
        if id and value ~= "" then
            map[id] = value
        end
    end
    return req:field("open") == "move" and { map = map } or nil
end

local function show(req, status, user, row, opts)
    local posted, files = req:method() == "POST", draft.files(row)
    local asked = opts.asked or move.ask(files, (moves_of(req) or {}).map)
    opts.title, opts.base, opts.crumbs = "提交批准", rules_shell.base(row), rules_shell.crumbs(row, "提交批准")
    opts.reason, opts.due = posted and req:field("reason") or row.title, posted and req:field("due") or ""
    opts.move_all = posted and req:field("open") == "move"
    if opts.report then
        rules_report.linked(row, opts.report.findings)
    end
    opts.reach = rules_diff.reach(bundles.files(row.base), files)
    opts.open_columns, opts.open_rows, opts.lacking = open_columns, open_rows(asked.states), lacking_of(asked)
    opts.messages = opts.messages or {}
    return shell.send(req, status, "rules/propose", user, opts)
end

http.get("/staff/rules/drafts/{key}/propose", guard.staff(ADMIN, function(req, user)
    return show(req, 200, user, draft.get(user, req:param("key")), {})
end), { staff = true, no_store = true })

-- "2026-12-01T08:00" as the browser's field gives it; nil when empty, false when it is no moment to come.
local function due_of(typed)
    local date, hour, minute, second = string.match(typed, "^(%d%d%d%d%-%d%d%-%d%d)[T ](%d%d):(%d%d):?(%d?%d?)$")
    local start = date and time.parse_date(date)
    local due = start and start + (tonumber(hour) * 60 + tonumber(minute)) * 60000 + (tonumber(second) or 0) * 1000
    return typed ~= "" and (due and due > time.now() and due or false) or nil
end

-- The page again, with what is still to be chosen.
local function show_moves(req, user, row, asked)
    local errors, messages = {}, {}
    for i, one in ipairs(lacking_of(asked)) do
        if one.chosen == "" then
            messages[one.id] = "请选择" .. one.kind_label .. "“" .. one.label .. "”的申请改为哪个状态"
            errors[#errors + 1] = { field = "move-" .. i, message = messages[one.id] }
        end
    end
    return show(req, 422, user, row, { asked = asked, messages = messages, errors = errors,
        refused = asked.refused[1] or "有申请处于新规则没有的状态，指定代替的状态后才能提交" })
end

local function send(req, user, row, due)
    local report, asked
    local status, sentence, made = shell.try(function()
        local key, found, open = propose.make(user, row.key, { reason = text.trim(text.normalize(req:field("reason") or "")), due = due,
            moves = moves_of(req) })
        report, asked = found, open
        return key
    end)
    if asked then
        return show_moves(req, user, row, asked)
    elseif status or not made then
        return show(req, status or 422, user, row, { refused = sentence or "检查没有通过，不能提交", report = report })
    end
    return req:redirect("/staff/rules/publications/" .. made .. "?done=proposed")
end

http.post("/staff/rules/drafts/{key}/propose", guard.staff(ADMIN, function(req, user)
    csrf.check(req)
    local row, due = draft.get(user, req:param("key")), due_of(text.trim(req:field("due") or ""))
    if due == false then
        return show(req, 422, user, row, { errors = { { field = "due", message = "发布时间应为以后的时间，例如 2026-12-01 08:00" } } })
    end
    return send(req, user, row, due)
end), { staff = true })

-- A replay of the draft as it is now, without a check.
http.post("/staff/rules/drafts/{key}/replay", guard.staff(ADMIN, function(req, user)
    csrf.check(req)
    local key = replay.start(user, draft.get(user, req:param("key")), true)
    replay.wait(key, REPLAY_WAIT_MS)
    return req:redirect("/staff/rules/replays/" .. key)
end), { staff = true })
