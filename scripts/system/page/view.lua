-- SPDX-License-Identifier: Apache-2.0
-- application page (S206–S213): step bar, the one next action, timeline, all answers, and what may be done with it now; 扩展信息;
-- 取消申请 with its confirm page.
local case = use "system/service/case"
local certificate = use "system/service/certificate"
local csrf = use "lib/csrf"
local dates = use "lib/dates"
local event_words = use "lib/event_words"
local fact = use "system/service/fact"
local guard = use "system/service/guard"
local issuing = use "system/service/issuing"
local money = use "lib/money"
local order = use "system/service/order"
local onward = use "system/page/onward"
local reader = use "system/service/reader"
local say = use "system/service/say"
local views = use "lib/business/views"
local shell = use "system/page/shell"

local DAY_MS = 24 * 3600 * 1000

-- Until when, in words: the day a reviewer promised, or the day the state ends by itself.
local function deadline(row, b)
    if row.due ~= "" then
        return "承诺 " .. dates.text(row.due) .. "前完成"
    end
    for _, timer in ipairs(b:timers(row.kind, row.state)) do
        if timer.event then
            return "请在 " .. dates.text(time.date(row.since + timer.days * DAY_MS)) .. "前办理"
        end
    end
    return nil
end

local function timeline(row, b)
    local state = b:state(row.kind, row.state)
    local entries = {}
    if not state.final then
        entries[1] = { title = state.label, text = deadline(row, b), now = true }
    end
    for _, e in ipairs(case.events(row, 100)) do
        local note = e.reason ~= "" and e.reason or e.note ~= "" and e.note or nil
        entries[#entries + 1] = { title = event_words.event(e.event), when = time.text(e.at), text = note }
    end
    return entries
end

-- The end of the certificate; before it is made an estimate that says so (C17).
local function expiry_text(row, field)
    local _, made = issuing.living(reader.of(nil), row.key)
    return made and dates.text(time.date(made.not_after)) or field.text ~= "" and field.text .. "（" .. field.hint .. "）" or nil
end

local function shown(row, field)
    if field.derive and field.derive.years then
        return expiry_text(row, field)
    elseif field.secret and row.answer ~= "" then
        return "已填写"
    end
    return field.text ~= "" and (field.mask and views.masked(field.text) or field.text) or nil
end

local function blocks(row, b)
    local out = {}
    for _, section in ipairs(b:sections(row.kind, row.values, { today = time.date(time.now()) })) do
        local rows = {}
        for i, field in ipairs(section.fields) do
            rows[i] = { label = field.label, value = shown(row, field) }
        end
        out[#out + 1] = #rows > 0 and { title = section.heading or section.title, rows = rows } or nil
    end
    return out
end

-- The buttons of appendix 2, each only where it is legal now.
local function acts(row, b)
    local out = { { label = "类似申请证书", href = "/case/" .. row.key .. "/similar" } }
    local may_change = case.editable(row)
    if may_change.any then
        out[#out + 1] = { label = "修改证书申请", href = "/case/" .. row.key .. (b:flow(row.kind).start == row.state and "/form" or "/form/whole") }
    end
    if case.allows(row, "cancel", "applicant") then
        out[#out + 1] = { label = "取消申请", href = "/case/" .. row.key .. "/cancel" }
    end
    if row.submitted then
        out[#out + 1] = { label = "打印申请表", href = "/case/" .. row.key .. "/print" }
    end
    out[#out + 1] = { label = "扩展信息", href = "/case/" .. row.key .. "/more" }
    return out
end

-- What was returned, each with where it is mended.
local function returned(row, b)
    local out, form = {}, b:form(row.kind)
    local lines = say.items(row, b)
    for i, one in ipairs(row.returned) do
        local field = form.by_id[string.match(one.item, "^field:(.+)$") or ""]
        local href = "/case/" .. row.key .. (field and "/form/" .. field.section .. "#" .. field.id or one.item == "identity" and "/identity" or "/materials")
        out[i] = { label = lines[i], href = not one.done and href or nil, state = one.done and "已补正" or "需修改", tone = one.done and "green" or "red" }
    end
    return out
end

-- What is waited for outside this site: the papers by post, the UKey.
local function notes_of(row, b)
    if row.state == "paper" then
        return b:text("post", {})
    end
    return row.state == "active" and row.medium == "ukey" and say.activated(row, b) or {}
end

local REFUNDS = { asked = "退款办理中，将退回付款账户", done = "已退回付款账户", failed = "退款没有成功，收费人员会另行办理" }

-- What goes back, one row for each sum.
local function refunds_of(row)
    local out = {}
    for i, one in ipairs(order.refunds(row)) do
        local when = one.state == "done" and "（" .. time.text(one.answered) .. "）" or ""
        out[i] = { label = "¥" .. money.yuan(one.fen), value = REFUNDS[one.state] .. when }
    end
    return out
end

local function next_act(row)
    if row.state == "active" then
        return { label = "下载证书", href = "/case/" .. row.key .. "/download" }
    end
    local to = onward.of(row)
    return to.href ~= "/case/" .. row.key and to or nil
end

local function mine_of(user, row)
    for _, one in ipairs(certificate.mine(user, nil, nil, 200).rows) do
        if one.case == row.key then
            return { label = "查看证书", href = "/certificate/" .. one.key }
        end
    end
    return nil
end

http.get("/case/{key}", guard.user(function(req, user)
    local row = case.get(user, req:param("key"))
    local b = case.rules(row)
    local data = shell.data(req, user, row, "申请信息")
    data.title = row.subject ~= "" and row.subject or data.kind.title
    data.crumbs[#data.crumbs] = nil
    data.blocks, data.timeline, data.acts = blocks(row, b), timeline(row, b), acts(row, b)
    data.onward = next_act(row) or row.state == "done" and mine_of(user, row) or nil
    data.returned, data.open_items = row.state == "returned" and returned(row, b) or {}, #fact.returned(row)
    data.notes, data.refunds = notes_of(row, b), refunds_of(row)
    data.final, data.reason = b:state(row.kind, row.state).final, row.reason
    return shell.send(req, 200, "case/view", data)
end), { no_store = true })

http.get("/case/{key}/more", guard.user(function(req, user)
    local row = case.get(user, req:param("key"))
    local b = case.rules(row)
    local data = shell.data(req, user, row, "扩展信息")
    local events = case.events(row, 200)
    data.timeline = timeline(row, b)
    data.rows = { { label = "业务受理号", value = row.number }, { label = "数据标记", value = b:mark(row.kind, row.values) },
        { label = "证书模板", value = row.template ~= "" and row.template or nil }, { label = "服务协议版本", value = row.agreement and row.agreement.version },
        { label = "同意协议时间", value = row.agreement and time.text(row.agreement.at) } }
    data.technical = { { label = "业务规则版本（SHA-256）", value = row.bundle ~= "" and row.bundle or "随最新规则" },
        { label = "服务协议摘要（SHA-256）", value = row.agreement and row.agreement.sha256 }, { label = "事件数", value = tostring(#events) },
        { label = "内部编号", value = row.key } }
    return shell.send(req, 200, "case/more", data)
end), { no_store = true })

http.get("/case/{key}/cancel", guard.user(function(req, user)
    local row = case.get(user, req:param("key"))
    local ok, sentence = case.allows(row, "cancel", "applicant")
    if not ok then
        return shell.closed(req, user, row, "取消申请", sentence or "申请现在不能取消")
    end
    local data = shell.data(req, user, row, "确认取消申请")
    data.text = "取消后这项申请不能恢复，用户名将释放。" .. (case.facts(nil, row, "applicant").refund and "已缴费用原路退回。" or "")
    data.rows = { { label = "主体名称", value = row.subject ~= "" and row.subject or nil }, { label = "业务受理号", value = row.number },
        { label = "申请状态", value = data.state } }
    data.action, data.main, data.back_to = data.href .. "/cancel", "确认取消", data.href
    return shell.send(req, 200, "confirm", data)
end))

http.post("/case/{key}/cancel", guard.user(function(req, user)
    csrf.check(req)
    local row = case.get(user, req:param("key"))
    local ok, problem = pcall(case.cancel, user, row.key)
    if not ok then
        if type(problem) ~= "table" or problem.code ~= "E_CONFLICT" then
            error(problem, 0)
        end
        return shell.closed(req, user, row, "取消申请", problem.message)
    end
    return req:redirect("/case/" .. row.key)
end))
