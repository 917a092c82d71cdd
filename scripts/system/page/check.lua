-- SPDX-License-Identifier: Apache-2.0
-- check page: all answers with 修改, then 提交数据; and the confirmation with delivery behind it (S134–S139).
local case = use "system/service/case"
local csrf = use "lib/csrf"
local form = use "lib/form"
local guard = use "system/service/guard"
local shell = use "system/page/shell"

local function rows_of(row, section, editable)
    local rows = {}
    for _, field in ipairs(section.fields) do
        rows[#rows + 1] = { label = field.label, value = field.secret and row.answer ~= "" and "已填写" or field.text ~= "" and field.text or nil,
            href = editable and field.type ~= "readonly" and "/case/" .. row.key .. "/form/" .. section.id .. "?back=check#" .. field.id or nil }
    end
    return rows
end

local function blocks(row, b)
    local out = {}
    for _, section in ipairs(b:sections(row.kind, row.values, { today = time.date(time.now()) })) do
        if not section.check then
            out[#out + 1] = { title = section.heading or section.title, rows = rows_of(row, section, true) }
        end
    end
    return out
end

-- Errors lead to the page where they are mended.
local function mendable(row, errors)
    for _, e in ipairs(errors) do
        e.href = "/case/" .. row.key .. "/form/" .. e.section .. "?back=check#" .. e.field
    end
    return errors
end

local function price_of(row, b)
    local ok, quote = pcall(b.quote, b, { quote_date = time.date(time.now()), order = { { case = row.key, kind = row.kind, values = row.values } } })
    return ok and quote or nil
end

local function show(req, status, user, row, errors)
    local b = case.rules(row)
    local data = shell.data(req, user, row, "核对并提交", 1)
    data.blocks, data.errors, data.action = blocks(row, b), mendable(row, errors), "/case/" .. row.key .. "/check"
    data.main, data.price = b:form(row.kind).submit, price_of(row, b)
    data.links = {}
    for i, section in ipairs(b:form(row.kind).sections) do
        data.links[i] = { label = section.title, href = "/case/" .. row.key .. (section.check and "/check" or "/form/" .. section.id),
            current = section.check, done = row.saved[section.id] == true }
    end
    return shell.send(req, status, "case/check", data)
end

http.get("/case/{key}/check", guard.user(function(req, user)
    local row = case.get(user, req:param("key"))
    if not case.knows(row, "submit", "applicant") then
        return req:redirect("/case/" .. row.key)
    end
    return show(req, 200, user, row, {})
end))

http.post("/case/{key}/check", guard.user(function(req, user)
    csrf.check(req)
    local row = case.get(user, req:param("key"))
    if not case.knows(row, "submit", "applicant") then
        return req:redirect("/case/" .. row.key .. "/confirm")
    end
    local done = case.submit(user, row.key)
    if not done.ok then
        return show(req, 422, user, done.row, done.errors)
    end
    return req:redirect("/case/" .. row.key .. "/confirm")
end))

local function confirm_rows(row, b)
    local fields, values, rows = b:kind(row.kind).fields, row.values, {}
    local quote = price_of(row, b)
    local function add(label, value)
        rows[#rows + 1] = { label = label, value = value ~= "" and value or nil }
    end
    add("主体名称", row.user_name)
    add("单位或申请人", row.subject)
    add("电子邮件", values[fields.email] or "")
    add("联系地址", (values[fields.region .. ".text"] or "") .. (values[fields.address] or ""))
    for _, section in ipairs(b:sections(row.kind, values, { today = time.date(time.now()) })) do
        for _, field in ipairs(section.fields) do
            if field.id == "expiry" then
                add("有效日期（估算）", field.text)
            end
        end
    end
    add("证书价格", quote and "¥" .. html.helpers.money(quote.total) or "")
    return rows
end

local function delivery_values(row, b)
    local values = b:defaults(row.kind, "delivery", row.values)
    for name, value in pairs(row.delivery) do
        values[name] = value
    end
    values.medium = row.medium
    return values
end

local function confirm(req, status, user, row, opts)
    local b = case.rules(row)
    local data = shell.data(req, user, row, "证书申请确认", 1)
    local values = opts.values or delivery_values(row, b)
    local section = b:sections(row.kind, values, { which = "delivery" })[1]
    data.values, data.fields, data.title_of = values, section.fields, section.title
    data.errors, data.messages = opts.errors or {}, form.by_field(opts.errors or {})
    data.paragraphs, data.rows = b:text("confirm", { number = row.number }), confirm_rows(row, b)
    data.none = #section.fields == 0 and b:text("no_delivery", {})[1] or nil
    data.action, data.qr = data.href .. "/confirm", qr.svg(config.public_url .. "/query?number=" .. row.number, "办件二维码")
    data.main = b:form(row.kind, "delivery").submit
    data.once = b:text(values.delivery == "onsite" and "print_twice" or "print_once", {})[1]
    return shell.send(req, status, "case/confirm", data)
end

local function can_deliver(row)
    return case.knows(row, "printed", "applicant") or case.knows(row, "changed", "applicant")
end

http.get("/case/{key}/confirm", guard.user(function(req, user)
    local row = case.get(user, req:param("key"))
    if case.knows(row, "submit", "applicant") then
        return req:redirect("/case/" .. row.key .. "/check")
    elseif not can_deliver(row) then
        return req:redirect("/case/" .. row.key)
    end
    return confirm(req, 200, user, row, {})
end))

http.post("/case/{key}/confirm", guard.user(function(req, user)
    csrf.check(req)
    local row = case.get(user, req:param("key"))
    local b = case.rules(row)
    local values = delivery_values(row, b)
    for _ = 1, 2 do -- the second time with what the first answers made visible
        for name, value in pairs(form.read(b:sections(row.kind, values, { which = "delivery" })[1].fields, req)) do
            values[name] = value
        end
    end
    if req:field("_pick") then
        return confirm(req, 200, user, row, { values = values })
    end
    local done = case.deliver(user, row.key, values)
    if not done.ok then
        return confirm(req, 422, user, done.row, { values = values, errors = done.errors })
    end
    return req:redirect("/case/" .. row.key .. "/print")
end))
