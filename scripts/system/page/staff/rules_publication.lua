-- SPDX-License-Identifier: Apache-2.0
-- rules_publication: one change on its way to be live: what it changes, what the checks said, and the decision of a second
-- administrator.
local bundles = use "system/service/bundles"
local csrf = use "lib/csrf"
local guard = use "system/service/guard"
local publish = use "system/service/publish"
local rules_diff = use "system/service/rules_diff"
local shell = use "system/page/staff/shell"

local ADMIN = { "admin" }
local done_words = { proposed = "已提交，等待另一位管理员批准", live = "已批准，新的规则已经生效", scheduled = "已批准，到时自动生效", refused = "已标记为不批准",
    withdrawn = "已撤回" }

local function rows_of(row)
    return {
        { label = "状态", value = publish.STATES[row.state] or row.state },
        { label = "原因", value = row.reason },
        { label = "提交人", value = row.author_name },
        { label = "提交时间", value = time.text(row.at) },
        { label = "发布时间", value = row.due and time.text(row.due) or "批准后立即" },
        { label = "批准人", value = row.approver_name },
        { label = "生效时间", value = row.live_at and time.text(row.live_at) },
        { label = "不批准的原因", value = row.why },
        { label = "版本（SHA-256）", value = row.bundle },
    }
end

local function report_of(check)
    local findings = check.findings or {}
    return { findings = findings, tests = check.tests or {}, ok = true }
end

local function show(req, status, user, row, opts)
    opts.title, opts.rows, opts.state, opts.own = "发布：" .. row.reason, rows_of(row), row.state, row.author == user.account
    opts.crumbs = { { label = "工作台", href = "/staff" }, { label = "业务规则", href = "/staff/rules" }, { label = "发布" } }
    opts.files = rules_diff.of(bundles.files(row.base), bundles.files(row.bundle))
    opts.replay = row.replay and row.replay.asked and row.replay or nil
    opts.report, opts.action = report_of(row.check or {}), "/staff/rules/publications/" .. row.key
    opts.done, opts.typed = done_words[req:query("done") or ""], req:method() == "POST" and req:field("why") or ""
    return shell.send(req, status, "rules/publication", user, opts)
end

http.get("/staff/rules/publications/{key}", guard.staff(ADMIN, function(req, user)
    return show(req, 200, user, publish.get(req:param("key")), {})
end), { staff = true, no_store = true })

local acts = {
    approve = function(req, user, key) return publish.approve(user, key) end,
    refuse = function(req, user, key)
        publish.refuse(user, key, text.normalize(req:field("why") or ""))
        return "refused"
    end,
    withdraw = function(req, user, key)
        publish.withdraw(user, key)
        return "withdrawn"
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
