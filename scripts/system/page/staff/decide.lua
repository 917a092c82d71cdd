-- SPDX-License-Identifier: Apache-2.0
-- decide: what staff do on the page of an application. A refusal comes back on the same page with everything that was ticked
-- and typed; success leads on (303).
local case = use "system/service/case"
local claim = use "system/service/claim"
local compare = use "system/service/compare"
local csrf = use "lib/csrf"
local dossier = use "system/service/dossier"
local guard = use "system/service/guard"
local own = use "system/service/own"
local paper = use "system/service/paper"
local reader = use "system/service/reader"
local review = use "system/service/review"
local shell = use "system/page/staff/shell"
local staff_case = use "system/page/staff/case"
local waive = use "system/service/waive"
local wish = use "system/service/wish"

local REVIEWERS = { "reviewer" }

local function home(row)
    return "/staff/case/" .. row.key
end

local function queue_with(done, row)
    return shell.href("/staff/review", { { "done", done }, { "number", row.number } })
end

-- The printed materials whose mark was typed off the paper, and differs from that of the data (C28).
local function wrong_marks(req, row)
    local errors, marks = {}, {}
    local mark = case.rules(row):mark(row.kind, row.values)
    for _, one in ipairs(dossier.materials(row, case.rules(row))) do
        local typed = string.upper(text.normalize(req:field("mark." .. one.id) or ""))
        if one.printed and typed ~= "" then
            marks[#marks + 1] = one.label .. "：" .. typed
            errors[#errors + 1] = typed ~= mark and { field = "mark-" .. one.id,
                message = "“" .. one.label .. "”纸面标识 " .. typed .. " 与数据标识 " .. mark .. " 不一致，不能审核通过；请退回并要求重新打印" } or nil
        end
    end
    return errors, table.concat(marks, "；")
end

local function read_items(req, row)
    local b, posted = case.rules(row), staff_case.posted(req)
    local known, items, errors = review.returnable(row, b), {}, {}
    for _, item in ipairs(req:field_list("return")) do
        local one = posted[item]
        local reason = shell.reason(b, "lists.return_reasons", one.reason, one.words)
        if known[item] and reason == "" then
            errors[#errors + 1] = { field = string.gsub(item, ":", "-"), message = "请为“" .. known[item] .. "”选择或写明退回原因" }
        end
        items[#items + 1] = { item = item, reason = reason }
    end
    return items, errors
end

local function again(req, user, row, status, opts)
    opts.post = true
    row = own.for_staff(user, row.key, staff_case.ROLES)
    return staff_case.show(req, status, user, row, opts)
end

-- Runs f; a refusal is said on the page, success leads to `to`.
local function act(req, user, row, to, f)
    local status, sentence = shell.try(f)
    if status then
        return again(req, user, row, status, { refused = sentence })
    end
    return req:redirect(to)
end

local acts = {}

function acts.claim(req, user, row)
    return act(req, user, row, home(row), function() claim.take(user, row.key) end)
end

function acts.drop(req, user, row)
    return act(req, user, row, "/staff/review", function() claim.drop(user, row.key) end)
end

-- An act that wants a reason in a field of its own.
local function with_reason(req, user, row, field, message, href, change)
    local reason = text.trim(text.normalize(req:field(field) or ""))
    if reason == "" then
        return again(req, user, row, 422, { errors = { { field = field, message = message } } })
    end
    return act(req, user, row, href, function() change(user, row.key, reason) end)
end

function acts.hold(req, user, row)
    return with_reason(req, user, row, "hold", "请写明挂起的原因", queue_with("hold", row), claim.hold)
end

function acts.unhold(req, user, row)
    return act(req, user, row, home(row), function() claim.unhold(user, row.key) end)
end

function acts.approve(req, user, row)
    local errors, marks = wrong_marks(req, row)
    if #req:field_list("return") > 0 then
        errors[#errors + 1] = { field = "return-field", message = "已勾选退回的项目，不能审核通过；请取消勾选，或点击“退回补正”" }
    end
    if #errors > 0 then
        return again(req, user, row, 422, { errors = errors })
    end
    return act(req, user, row, queue_with("approve", row), function()
        review.approve(user, row.key, { seen = req:field("seen") or "", note = marks ~= "" and "纸面标识 " .. marks or nil })
    end)
end

acts["return"] = function(req, user, row)
    local items, errors = read_items(req, row)
    if #items == 0 then
        errors[1] = { field = "return-field", message = "请至少勾选一项需要补正的信息或材料，并写明原因" }
    end
    if #errors > 0 then
        return again(req, user, row, 422, { errors = errors })
    end
    return act(req, user, row, queue_with("return", row), function() review.send_back(user, row.key, items) end)
end

-- Final, so it is asked once more, on a page of its own.
local function confirm_refusal(req, user, row, reason)
    return shell.send(req, 200, "staff/refuse", user, { title = "确认否决", number = row.number, subject = row.subject, reason = reason,
        kind = case.rules(row):kind(row.kind).label, paid = case.facts(nil, row, "reviewer").refund, action = home(row), back_to = home(row),
        crumbs = { { label = "工作台", href = "/staff" }, { label = row.number, href = home(row) }, { label = "确认否决" } } })
end

function acts.refuse(req, user, row)
    local reason = shell.reason(case.rules(row), "lists.refuse_reasons", req:field("refuse"), req:field("refuse_words"))
    if reason == "" then
        return again(req, user, row, 422, { errors = { { field = "refuse", message = "请选择或写明否决的原因" } } })
    end
    return confirm_refusal(req, user, row, reason)
end

function acts.refuse_sure(req, user, row)
    return act(req, user, row, queue_with("refuse", row), function() review.refuse(user, row.key, req:field("reason") or "") end)
end

function acts.compare(req, user, row)
    local as = user.roles.reviewer and row.compare and "reviewer" or "counter"
    return act(req, user, row, home(row), function() compare.pass(user, row.key, as) end)
end

function acts.paper(req, user, row)
    local done = paper.read(row, req:field("date"), req:field_list("paper"))
    if #done.errors > 0 then
        return again(req, user, row, 422, { errors = done.errors })
    end
    return act(req, user, row, home(row) .. "?done=paper", function() paper.book(user, row.key, done) end)
end

function acts.waive(req, user, row)
    return with_reason(req, user, row, "waive", "请写明免缴的原因", home(row) .. "?done=waive", waive.give)
end

function acts.wish_grant(req, user, row)
    return act(req, user, row, home(row) .. "?done=wish", function() wish.decide(user, row.key) end)
end

function acts.wish_refuse(req, user, row)
    return with_reason(req, user, row, "wish_why", "请写明不予办理的原因", home(row) .. "?done=wish", wish.decide)
end

-- The pictures turn without leaving the page: "turn:form:1" is a button.
local function turned(req, user, row, which)
    local id, by = string.match(which, "^turn:([%w_]+):(%d)$")
    if not id then
        return again(req, user, row, 422, { refused = "没有这项操作，请刷新页面后再试" })
    end
    return again(req, user, row, 200, { turn = { id = id, by = tonumber(by) } })
end

http.get("/staff/case/{key}", guard.staff(staff_case.ROLES, function(req, user)
    local row = staff_case.open(req, user)
    return staff_case.show(req, 200, user, row, { done = req:query("done") })
end), { staff = true, no_store = true })

http.post("/staff/case/{key}", guard.staff(staff_case.ROLES, function(req, user)
    csrf.check(req)
    local row = staff_case.open(req, user)
    local name = req:field("act") or ""
    local handler = acts[name]
    if handler then
        return handler(req, user, row)
    end
    return turned(req, user, row, name)
end), { staff = true, limit = 262144 })

http.get("/staff/case/{key}/material/{type}", guard.staff(staff_case.ROLES, function(req, user)
    local row = own.for_staff(user, req:param("key"), staff_case.ROLES)
    local file = dossier.file(reader.of(nil), row, req:param("type"))
    if not file then
        return req:problem(404, "没有这份材料，可能已被替换，请刷新页面")
    end
    dossier.saw_file(user, row, req:param("type"))
    return req:blob { blob = file.blob, kind = file.kind, data_key = row.data_key, filename = file.name, inline = true }
end), { staff = true, no_store = true })
