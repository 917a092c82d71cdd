-- SPDX-License-Identifier: Apache-2.0
-- counter: an acceptance point finds a case by its number or the text of its QR code (S234), then registers materials for the
-- applicant, books paper, checks who stands there, hands over the UKey.
local case = use "system/service/case"
local compare = use "system/service/compare"
local csrf = use "lib/csrf"
local dossier = use "system/service/dossier"
local guard = use "system/service/guard"
local material = use "system/service/material"
local own = use "system/service/own"
local paper = use "system/service/paper"
local scan = use "lib/scan"
local shell = use "system/page/staff/shell"
local shipping = use "system/service/shipping"
local watch = use "system/service/watch"

local ROLES = { "counter", "reviewer" }
local BODY = 64 * 1048576

-- The number in what was typed, or scanned: the text of the QR code is an address that holds it.
local function number_in(value)
    value = text.normalize(value)
    return string.match(value, "number=(%d+)") or value
end

local function search(req, status, user, typed, message)
    return shell.send(req, status, "staff/counter", user, { title = "窗口受理", typed = typed,
        errors = message and { { field = "number", message = message } } or {}, message = message })
end

http.get("/staff/counter", guard.staff(ROLES, function(req, user)
    local typed = req:query("number") or ""
    if text.trim(typed) == "" then
        return search(req, 200, user, typed)
    end
    watch.read(user, "queue", "counter search")
    local row, sentence = case.staff_by_number(user, number_in(typed), ROLES)
    if not row then
        return search(req, 422, user, typed, sentence or "没有找到这个受理号，请逐位核对")
    end
    return req:redirect("/staff/counter/" .. row.key)
end), { staff = true, no_store = true })

local function summary(row, b)
    local kind = b:kind(row.kind)
    return {
        { label = "主体名称", value = row.user_name },
        { label = "单位名称", value = row.values[kind.fields.unit] },
        { label = "业务受理号", value = row.number },
        { label = "证书申请时间", value = row.submitted and time.text(row.submitted) },
        { label = "证书申请状态", value = b:state(row.kind, row.state).label },
    }
end

local STATES = { submitted = { "已提交", "green" }, missing = { "待提交" }, again = { "需重新提交", "red" }, optional = { "选填", "grey" } }

-- The materials with an input each; those that may not change now have none.
local function materials_of(row, user, opts)
    local open = user.roles.counter == true and material.allowed(row, "counter") or false
    local out = {}
    for i, item in ipairs(material.list(row)) do
        local state = STATES[item.state]
        out[i] = { id = item.id, label = item.label, state = state[1], tone = state[2], open = open and item.open, limits = scan.limits_text(item),
            accept = scan.accept(item.formats), returned = item.returned and item.returned.reason, name = item.file and item.file.name,
            received = item.file and item.file.received, href = item.file and "/staff/case/" .. row.key .. "/material/" .. item.id,
            message = opts.type == item.id and opts.errors[1].message or nil, typed = opts.type == item.id and opts.received or nil }
    end
    return out
end

local done_words = { saved = "材料已登记", hand = "已登记交付", paper = "已登记收到纸质材料", identity = "已登记现场核验" }

local function messages_of(errors)
    local out = {}
    for _, e in ipairs(errors) do
        out[e.field] = e.message
    end
    return out
end

local function papers_of(row, user)
    local can = not row.paper and paper.role(row, user) ~= nil
    return can and dossier.papers(row, case.rules(row)) or {}
end

-- opts: errors, refused, type (of the material that was refused), received, post
local function show(req, status, user, row, opts)
    local b = case.rules(row)
    opts.errors = opts.errors or {}
    local today = time.date(time.now())
    return shell.send(req, status, "staff/window", user, { title = "窗口受理", key = row.key, number = row.number, rows = summary(row, b),
        heading = row.subject ~= "" and row.subject or b:kind(row.kind).label, errors = opts.errors, messages = messages_of(opts.errors),
        refused = opts.refused, done = done_words[req:query("done") or ""], materials = materials_of(row, user, opts), today = today,
        papers = papers_of(row, user), values = { date = opts.post and req:field("date") or today, checked = opts.post and req:field_list("paper") or {},
            receiver = opts.post and req:field("receiver") or "" },
        hand = shipping.can_hand(row), compare = user.roles.counter and not domain.standing(row.key).identified and compare.knows(row, "counter"),
        action = "/staff/counter/" .. row.key, can_review = own.has(user, { "reviewer", "officer", "counter" }) and "/staff/case/" .. row.key,
        crumbs = { { label = "工作台", href = "/staff" }, { label = "窗口受理", href = "/staff/counter" }, { label = row.number } } })
end

local function open(req, user)
    return own.for_staff(user, req:param("key"), ROLES)
end

local function again(req, user, row, status, opts)
    return show(req, status, user, open(req, user), opts)
end

local function act(req, user, row, word, f)
    local status, sentence = shell.try(f)
    if status then
        return again(req, user, row, status, { refused = sentence, post = true })
    end
    return req:redirect("/staff/counter/" .. row.key .. "?done=" .. word)
end

http.get("/staff/counter/{key}", guard.staff(ROLES, function(req, user)
    local row = open(req, user)
    watch.read(user, row.key, "counter")
    return show(req, 200, user, row, {})
end), { staff = true, no_store = true })

http.post("/staff/counter/{key}/hand", guard.staff(ROLES, function(req, user)
    csrf.check(req)
    local row, receiver = open(req, user), text.trim(text.normalize(req:field("receiver") or ""))
    if receiver == "" then
        return again(req, user, row, 422, { errors = { { field = "receiver", message = "请填写领取人姓名" } } })
    end
    return act(req, user, row, "hand", function() shipping.hand(user, row.key, receiver) end)
end), { staff = true })

http.post("/staff/counter/{key}/paper", guard.staff(ROLES, function(req, user)
    csrf.check(req)
    local row = open(req, user)
    local read = paper.read(row, req:field("date"), req:field_list("paper"))
    if #read.errors > 0 then
        return again(req, user, row, 422, { errors = read.errors, post = true })
    end
    return act(req, user, row, "paper", function() paper.book(user, row.key, read) end)
end), { staff = true })

http.post("/staff/counter/{key}/identity", guard.staff({ "counter" }, function(req, user)
    csrf.check(req)
    local row = open(req, user)
    return act(req, user, row, "identity", function() compare.pass(user, row.key, "counter", "受理点现场核验") end)
end), { staff = true })

-- The file part of the form; token and day stand before it.
local function file_part(req)
    for part in req:parts() do
        if part.name == "file" then
            return part
        end
    end
    return nil
end

-- The day of receipt, checked before a byte is stored.
local function take(req, user, row, type, part)
    local day, sentence = paper.day(req:field("received"), time.date(time.now()), "收到材料的日期")
    if not day then
        fail("E_INVALID", sentence)
    elseif not part or part.filename == "" then
        material.missing(row, type)
    end
    material.upload({ account = user.account, as = "counter", way = "counter", received = day }, row, type, req, part.filename)
end

http.post("/staff/counter/{key}/material/{type}", guard.staff({ "counter" }, function(req, user)
    local row, type = open(req, user), req:param("type")
    local part = file_part(req)
    csrf.check(req)
    local status, sentence = shell.try(function() take(req, user, row, type, part) end)
    if status then
        return again(req, user, row, status, { errors = { { field = "file-" .. type, message = sentence } }, type = type,
            received = req:field("received") })
    end
    return req:redirect("/staff/counter/" .. row.key .. "?done=saved#row-" .. type)
end), { staff = true, body = "multipart", limit = BODY })
