-- SPDX-License-Identifier: Apache-2.0
-- form pages: one section a page, or all on one (C25): the same post, the same checks. Every 保存并下一步 saves the draft.
local case = use "system/service/case"
local csrf = use "lib/csrf"
local form = use "lib/form"
local guard = use "system/service/guard"
local names = use "system/service/names"
local price_view = use "lib/price_view"
local reader = use "system/service/reader"
local shell = use "system/page/shell"

local function section_of(b, row, id)
    for i, section in ipairs(b:form(row.kind).sections) do
        if section.id == id and not section.check then
            return section, i
        end
    end
    return fail("E_NOT_FOUND", "没有这一页，请从申请页面进入")
end

-- The sections a page shows: one, or all that ask something.
local function wanted(sections, id)
    local out = {}
    for _, section in ipairs(sections) do
        out[#out + 1] = not section.check and (not id or section.id == id) and section or nil
    end
    return out
end

-- Fields that may not be changed now are shown, not asked.
local function lock(sections, rule)
    for _, section in ipairs(sections) do
        for i, field in ipairs(section.fields) do
            if not rule.open(field) and field.type ~= "readonly" then
                local shown = {}
                for k, v in pairs(field) do
                    shown[k] = v
                end
                shown.type, shown.value = "readonly", field.text ~= "" and field.text or "未填写"
                section.fields[i] = shown
            end
        end
    end
end

-- A free user name is proposed as long as none was typed.
local function propose(row, b, user, values)
    for _, field in ipairs(b:form(row.kind).order) do
        if field.type == "user_name" and (values[field.id] or "") == "" then
            values[field.id] = names.propose(reader.of(nil), user.phone, row.key)[1]
        end
    end
end

-- Relative, as data.action: a form page is weighed, and its own address stands in it often enough.
local function links(row, b, at)
    local out = {}
    for i, section in ipairs(b:form(row.kind).sections) do
        local href = section.check and "../check" or section.id
        out[i] = { label = section.title, href = href, current = section.id == at, done = row.saved[section.id] == true }
    end
    return out
end

local function quote(row, b, values)
    return b:quote { quote_date = time.date(time.now()), order = { { case = row.key, kind = row.kind, values = values } } }
end

local function priced(sections)
    for _, section in ipairs(sections) do
        if section.prices then
            return true
        end
    end
    return false
end

local function fill(data, row, b, values, id)
    local sections = wanted(b:sections(row.kind, values, { today = time.date(time.now()) }), id)
    lock(sections, case.editable(row))
    for _, section in ipairs(sections) do
        section.values, section.kept_secret = {}, false
        for _, field in ipairs(section.fields) do
            section.kept_secret = section.kept_secret or field.secret == true and row.answer ~= ""
            section.values[field.id] = field.secret and "" or field.type == "readonly" and field.value or values[field.id]
        end
    end
    data.sections, data.single = sections, id ~= nil
    data.price = priced(sections) and price_view.of(quote(row, b, values)) or nil
end

local function previous(row, b, id)
    local before
    for _, section in ipairs(b:form(row.kind).sections) do
        if section.id == id then
            break
        end
        before = "/case/" .. row.key .. "/form/" .. section.id
    end
    return id and before or "/case/" .. row.key
end

-- What a change of this kind will undo, in sentences (C28).
local function undone(changed)
    local out = {}
    out[#out + 1] = changed.print and "受理表和授权委托书需重新打印、签章、上传" or nil
    out[#out + 1] = changed.identity and "身份识别需重新进行" or nil
    out[#out + 1] = changed.price and "尚未支付的订单将关闭，按新的内容重新计价" or nil
    return out
end

local function show(req, status, user, row, opts)
    local b = case.rules(row)
    local id = opts.id
    local section = id and section_of(b, row, id)
    local data = shell.data(req, user, row, section and section.title or "整页填写", 1)
    local values = opts.values or case.defaults(row, b)
    propose(row, b, user, values)
    fill(data, row, b, values, id)
    data.errors, data.messages = opts.errors or {}, form.by_field(opts.errors or {})
    data.links, data.action = links(row, b, id), (id or "whole") .. (req:query("back") and "?back=check" or "")
    data.heading = section and (section.heading or section.title) or b:form(row.kind).title
    data.back_href, data.whole = previous(row, b, id), id and "whole" or nil
    data.notes, data.rev = b:text("fill_notes", {}), row.rev
    data.undone = opts.unsure and undone(opts.unsure) or nil
    data.stale = opts.stale
    return shell.send(req, status, "case/form", data)
end

-- The posted answers of the sections of this page, over those that are kept.
local function posted_of(req, row, b, id)
    local values = case.defaults(row, b)
    for _, section in ipairs(wanted(b:sections(row.kind, values, {}), id)) do
        for name, value in pairs(form.read(section.fields, req)) do
            values[name] = value
        end
    end
    -- what became visible by these answers was posted too
    for _, section in ipairs(wanted(b:sections(row.kind, values, {}), id)) do
        for name, value in pairs(form.read(section.fields, req)) do
            values[name] = value
        end
    end
    return values
end

local function with_kept_names(b, row, values)
    local out = {}
    for name, value in pairs(values) do
        out[name] = value
    end
    for _, field in ipairs(b:form(row.kind).order) do
        if type(out[field.id]) == "string" and field.type ~= "textarea" then
            out[field.id] = text.normalize(out[field.id])
        end
    end
    return out
end

-- Behind a section comes the next that asks something; behind the last, and behind every change of what was handed in, the check page.
local function next_href(req, row, b, id)
    local base = "/case/" .. row.key
    if b:flow(row.kind).start ~= row.state then
        return base
    elseif not id or req:query("back") == "check" then
        return base .. "/check"
    end
    local _, at = section_of(b, row, id)
    local following = b:form(row.kind).sections[at + 1]
    return base .. (following and not following.check and "/form/" .. following.id or "/check")
end

local function save(req, user, id)
    csrf.check(req)
    local row = case.get(user, req:param("key"))
    local b = case.rules(row)
    local values = posted_of(req, row, b, id)
    if req:field("_pick") then
        return show(req, 200, user, row, { id = id, values = with_kept_names(b, row, values) })
    end
    local done = case.save(user, row.key, values, { section = id, sure = req:field("_sure") == "yes",
        rev = math.tointeger(tonumber(req:field("_rev") or "")) })
    if done.ok then
        return req:redirect(next_href(req, done.row, b, id))
    end
    return show(req, done.unsure and 200 or done.stale and 409 or 422, user, done.row, { id = id, values = with_kept_names(b, row, values),
        errors = done.errors, unsure = done.unsure, stale = done.stale })
end

local function open(req, user, id)
    local row = case.get(user, req:param("key"))
    local rule = case.editable(row)
    if not rule.any then
        return shell.closed(req, user, row, "修改证书申请", rule.sentence)
    end
    return show(req, 200, user, row, { id = id })
end

http.get("/case/{key}/form", guard.user(function(req, user)
    local row = case.get(user, req:param("key"))
    local b = case.rules(row)
    for _, section in ipairs(b:form(row.kind).sections) do
        if not section.check and not row.saved[section.id] then
            return req:redirect("/case/" .. row.key .. "/form/" .. section.id)
        end
    end
    return req:redirect("/case/" .. row.key .. "/check")
end))

http.get("/case/{key}/form/{section}", guard.user(function(req, user)
    local id = req:param("section")
    return open(req, user, id ~= "whole" and id or nil)
end))

http.post("/case/{key}/form/{section}", guard.user(function(req, user)
    local id = req:param("section")
    return save(req, user, id ~= "whole" and id or nil)
end))
