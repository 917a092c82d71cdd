-- SPDX-License-Identifier: Apache-2.0
-- rules_publication: one change on its way to be live: what it changes and for whom, what the checks and the replay said, what
-- becomes of open applications, and the decision of a second administrator.
local bundles = use "system/service/bundles"
local csrf = use "lib/csrf"
local guard = use "system/service/guard"
local move = use "system/service/move"
local publish = use "system/service/publish"
local replay = use "system/service/replay"
local replay_words = use "lib/replay_words"
local rules_diff = use "system/service/rules_diff"
local rules_run = use "system/page/staff/rules_run"
local shell = use "system/page/staff/shell"

local ADMIN = { "admin" }
local REFRESH_SECONDS = 5
local done_words = { proposed = "已提交，等待另一位管理员批准", live = "已批准，新的规则已经生效", scheduled = "已批准，到时自动生效", refused = "已标记为不批准",
    withdrawn = "已撤回", replay = "已重新开始重演" }
local move_columns = { { id = "kind", label = "业务" }, { id = "state", label = "状态" }, { id = "count", label = "申请", amount = true },
    { id = "to", label = "移动后的状态" } }

-- What there is to say; a moment that has not come has no row.
local function rows_of(row)
    local rows = {}
    local function put(label, value)
        rows[#rows + 1] = value and { label = label, value = value } or nil
    end
    put("状态", row.rolled_back and row.state == "live" and "使用中（恢复的上一版）" or publish.STATES[row.state] or row.state)
    put("原因", row.reason)
    put("提交人", row.author_name)
    put("提交时间", time.text(row.at))
    put("发布时间", row.due and time.text(row.due) or row.rolled_back and "立即" or "批准后立即")
    put("批准人", row.rolled_back and "无须批准（恢复上一版）" or row.approver_name)
    put("决定时间", row.decided and time.text(row.decided))
    put("生效时间", row.live_at and time.text(row.live_at))
    put("不批准的原因", row.why)
    put("已提交的申请", row.moves.map and "改按新规则办理" or "仍按原规则办理")
    return rows
end

local function report_of(check)
    return check.findings and { findings = check.findings, tests = check.tests or {}, ok = true } or nil
end

-- What view/rules/replay shows; nil for what was never replayed (a way back).
local function replay_of(row, user)
    local run = (row.run or "") ~= "" and replay.get(row.run)
    return run and rules_run.words(run, user) or nil
end

local function move_rows(moves)
    local out = {}
    for i, one in ipairs(moves.states or {}) do
        out[i] = { kind = one.kind_label, state = one.label, count = tostring(one.count), to = one.to_label or "不变" }
    end
    return out
end

-- How far the move is, in words; nil before it began.
local function move_words(m)
    if not m then
        return nil
    end
    local left = m.state == "waiting" and m.left_before or m.left
    return (move.STATES[m.state] or m.state) .. "：已移动 " .. replay_words.number(m.moved) .. " 项" .. (left > 0 and "，未能移动 " .. left .. " 项"
        .. (m.state == "waiting" and "（稍后重试）" or m.state == "done" and "（已列入待办）" or "") or "")
end

-- The event stream of what is still going on.
local function changes_of(shown, m, row)
    if shown and shown.state == "running" then
        return shown.href .. "/changes"
    end
    return m and (m.state == "running" or m.state == "waiting") and "/staff/rules/publications/" .. row.key .. "/changes" or nil
end

local function show(req, status, user, row, opts)
    local m, before, after = move.get(row.key), bundles.files(row.base), bundles.files(row.bundle)
    opts.title, opts.rows, opts.state, opts.own = "发布：" .. row.reason, rows_of(row), row.state, row.author == user.account
    opts.crumbs = { { label = "工作台", href = "/staff" }, { label = "业务规则", href = "/staff/rules" }, { label = "发布" } }
    opts.files, opts.reach, opts.bundle = rules_diff.of(before, after), rules_diff.reach(before, after), row.bundle
    opts.replay, opts.report = replay_of(row, user), report_of(row.check or {})
    opts.moves = row.moves.map and { columns = move_columns, rows = move_rows(row.moves), said = move_words(m) } or nil
    opts.changes, opts.action = changes_of(opts.replay, m, row), "/staff/rules/publications/" .. row.key
    opts.refresh = opts.changes and REFRESH_SECONDS or nil
    opts.said = table.concat({ opts.replay and opts.replay.said or "", opts.moves and opts.moves.said or nil }, "；")
    opts.done, opts.typed = done_words[req:query("done") or ""], req:method() == "POST" and req:field("why") or ""
    return shell.send(req, status, "rules/publication", user, opts)
end

http.get("/staff/rules/publications/{key}", guard.staff(ADMIN, function(req, user)
    return show(req, 200, user, publish.get(req:param("key")), {})
end), { staff = true, no_store = true })

rules_run.stream("/staff/rules/publications/{key}/changes", "publication:")

local acts = {
    approve = function(_, user, key) return publish.approve(user, key) end,
    refuse = function(req, user, key)
        publish.refuse(user, key, text.normalize(req:field("why") or ""))
        return "refused"
    end,
    withdraw = function(_, user, key)
        publish.withdraw(user, key)
        return "withdrawn"
    end,
    replay = function(_, user, key)
        publish.replay_again(user, key)
        return "replay"
    end,
}

http.post("/staff/rules/publications/{key}", guard.staff(ADMIN, function(req, user)
    csrf.check(req)
    local key, act = publish.get(req:param("key")).key, acts[req:field("act")] or fail("E_INVALID", "没有这项操作")
    local status, sentence, done = shell.try(function() return act(req, user, key) end)
    if status then
        local needs_why = status == 422 and req:field("act") == "refuse"
        return show(req, status, user, publish.get(key), { refused = not needs_why and sentence or nil, message = needs_why and sentence or nil,
            errors = needs_why and { { field = "why", message = sentence } } or {} })
    end
    return req:redirect("/staff/rules/publications/" .. key .. "?done=" .. done)
end), { staff = true })
