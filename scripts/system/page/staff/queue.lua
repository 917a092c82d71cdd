-- SPDX-License-Identifier: Apache-2.0
-- review queue: what waits, longest first; filters above the table, search by number or name, and 领取下一件.
local case = use "system/service/case"
local claim = use "system/service/claim"
local csrf = use "lib/csrf"
local guard = use "system/service/guard"
local live = use "system/service/live"
local queue = use "system/service/queue"
local shell = use "system/page/staff/shell"

local READERS = { "reviewer", "officer" }
local TRIES = 5

local columns = {
    { id = "number", label = "业务受理号", short = true }, { id = "subject", label = "主体名称" }, { id = "kind", label = "业务" },
    { id = "since", label = "进入时间", short = true }, { id = "due", label = "应审完", short = true }, { id = "state", label = "状态" },
}

local said = {
    approve = "已审核通过", ["return"] = "已退回补正", refuse = "已否决", hold = "已挂起",
}

local function state_cell(row, ctx)
    local c = claim.of(row, ctx.now)
    if row.state ~= "review" then
        return { tag = case.rules(row):state(row.kind, row.state).label }
    elseif claim.is_held(row) then
        return { tag = "已挂起", tone = "grey" }
    elseif c then
        return { tag = (c.account == ctx.account and "我" or c.name) .. "正在审核", tone = "yellow" }
    elseif queue.is_late(row, ctx.today) then
        return { tag = "已超期", tone = "red" }
    end
    return { tag = row.approvals > 0 and "待复审" or "待审核" }
end

local function cells(rows, user)
    local out, now = {}, time.now()
    local ctx = { now = now, today = time.date(now), account = user.account }
    for i, row in ipairs(rows) do
        local kind = case.rules(row):kind(row.kind)
        out[i] = { number = { href = "/staff/case/" .. row.key, label = row.number }, subject = row.subject .. (row.user_name ~= "" and "（" .. row.user_name .. "）" or ""),
            kind = kind.label, since = time.text(row.since), due = row.due ~= "" and row.due or "—", state = state_cell(row, ctx) }
    end
    return out
end

local function tabs_of(kind)
    local tabs = {}
    for i, view in ipairs(queue.views) do
        tabs[i] = { id = view.id, label = view.label, href = shell.href("/staff/review", { { "view", view.id }, { "kind", kind } }) }
    end
    tabs[#tabs + 1] = { id = "paper", label = "等待纸质材料", href = shell.href("/staff/review", { { "state", "paper" }, { "kind", kind } }) }
    return tabs
end

local function kinds()
    local out = {}
    for i, kind in ipairs(live.rules():kinds()) do
        out[i] = { value = kind.id, label = kind.label }
    end
    return out
end

local function known(list, id)
    for _, one in ipairs(list) do
        if (one.id or one.value) == id then
            return id
        end
    end
    return nil
end

-- What the address asks for.
local function asked(req)
    local state = req:query("state") == "paper" and "paper" or "review"
    return { state = state, view = state == "review" and known(queue.views, req:query("view")) or "all", kind = known(kinds(), req:query("kind")),
        after = req:query("after"), text = req:query("text") }
end

local function found_of(user, a)
    if a.text and a.text ~= "" then
        local rows, sentence = queue.search(user, a.text, a.kind)
        return { rows = rows }, sentence or #rows == 0 and "没有找到，请检查受理号或换几个字再查" or nil
    end
    local found = queue.list(user, a)
    return found, #found.rows == 0 and found.after and "这一段中没有符合条件的申请，请看下一页" or nil
end

local function next_href(a, found)
    return found.after and shell.href("/staff/review", { { "state", a.state == "paper" and "paper" or nil }, { "view", a.view }, { "kind", a.kind },
        { "after", found.after } })
end

local function show(req, status, user, extra)
    local a = asked(req)
    local found, sentence = found_of(user, a)
    local done = said[req:query("done") or ""]
    return shell.send(req, status, "staff/queue", user, { title = "审核队列", columns = columns, rows = cells(found.rows, user),
        tabs = tabs_of(a.kind), at = (a.text or "") ~= "" and "" or a.state == "paper" and "paper" or a.view, kinds = kinds(), kind = a.kind or "",
        view = a.view, state = a.state, text = a.text or "", sentence = sentence, after = next_href(a, found), can_review = user.roles.reviewer,
        done = done and { title = done, text = "业务受理号 " .. (req:query("number") or "") } or nil, refused = extra })
end

http.get("/staff/review", guard.staff(READERS, function(req, user)
    return show(req, 200, user)
end), { staff = true, no_store = true })

-- Takes the one that waits longest; when a colleague was faster, or it is an own case, the next.
local function take_next(user)
    local tried = {}
    for _ = 1, TRIES do
        local key = queue.next(user, tried)
        if not key then
            return nil
        end
        tried[key] = true
        if not shell.try(function() claim.take(user, key) end) then
            return key
        end
    end
    return nil
end

http.post("/staff/review", guard.staff({ "reviewer" }, function(req, user)
    csrf.check(req)
    local key = take_next(user)
    if key then
        return req:redirect("/staff/case/" .. key)
    end
    return show(req, 200, user, "现在没有可以领取的申请。")
end), { staff = true })
