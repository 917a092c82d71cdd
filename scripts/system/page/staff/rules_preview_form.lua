-- SPDX-License-Identifier: Apache-2.0
-- rules_preview_form: a form of a draft exactly as the applicant will see it: by the templates of the hall, with an invented applicant.
-- Its buttons judge what was typed and keep nothing.
local csrf = use "lib/csrf"
local form = use "lib/form"
local guard = use "system/service/guard"
local money = use "lib/money"
local price_view = use "lib/price_view"
local rules_shell = use "system/page/staff/rules_shell"

local ADMIN = { "admin" }
local NUMBER = "20261124000000000173"

local function steps_of(p)
    local labels = {}
    for i, step in ipairs(p.form.steps) do
        labels[i] = step.label
    end
    return labels
end

local function values_of(section, values)
    section.values = {}
    for _, field in ipairs(section.fields) do
        section.values[field.id] = field.secret and "" or field.type == "readonly" and field.value or values[field.id]
    end
    return section
end

local function section_links(row, p, at)
    local out = {}
    for i, section in ipairs(p.forms[1].sections) do
        out[i] = { label = section.title, current = section.id == at, href = rules_shell.link(row, p, "/form", { { "what", "form" }, { "section", section.id } }) }
    end
    return out
end

-- Data of the templates that the hall itself fills in system/page/form, check and pay.
local function page_of(row, p)
    local section = values_of(p.form.section, p.form.values)
    local hub = rules_shell.link(row, p, "")
    local data = { errors = p.form.errors, messages = form.by_field(p.form.errors), steps = steps_of(p), at = 1, number = NUMBER, href = hub,
        action = rules_shell.link(row, p, "/form", { { "what", p.what }, { "section", section.id } }), fields = section.fields, values = section.values,
        preview = { back = hub, edit = rules_shell.file(row, p.form_file), said = p.said } }
    data.sections, data.single, data.links, data.heading = { section }, true, section_links(row, p, section.id), section.heading or section.title
    data.price, data.notes, data.rev, data.back_href = section.prices and price_view.of(p.quote) or nil, {}, 0, hub
    return data
end

local function delivery_page(data, p)
    data.paragraphs, data.rows, data.title_of, data.main = {}, { { label = "证书价格", value = "¥" .. money.yuan(p.quote.total) } }, data.heading, p.forms[2].submit
    data.qr = qr.svg("https://example.com/query", "办件二维码")
    data.none = #data.fields == 0 and "这种介质无需邮寄或领取" or nil
    return data
end

local views = { form = "case/form", delivery = "case/confirm", invoice = "case/invoice" }

local function what_of(req)
    local what = req:query("what") or ""
    return views[what] and what or "form"
end

local function show_form(req, user, row, p)
    for _, one in ipairs(p.forms) do
        p.form_file = one.which == p.what and one.file or p.form_file
    end
    local data = page_of(row, p)
    if p.what == "delivery" then
        delivery_page(data, p)
    end
    return rules_shell.send_preview(req, #p.form.errors > 0 and 422 or 200, views[p.what], user, row, data.heading, data)
end

http.get("/staff/rules/drafts/{key}/preview/form", guard.staff(ADMIN, function(req, user)
    local row = rules_shell.open(req, user)
    local p, findings = rules_shell.ask(req, row, { file = req:query("file"), what = what_of(req) })
    if not p or not p.form then
        return rules_shell.refuse_preview(req, user, row, findings)
    end
    return show_form(req, user, row, p)
end), { staff = true, no_store = true })

-- What became visible by the answers of the first reading was posted too.
http.post("/staff/rules/drafts/{key}/preview/form", guard.staff(ADMIN, function(req, user)
    csrf.check(req)
    local row = rules_shell.open(req, user)
    local posted, p, findings
    for _ = 1, 3 do
        p, findings = rules_shell.ask(req, row, { what = what_of(req), posted = posted })
        if not p then
            return rules_shell.refuse_preview(req, user, row, findings)
        end
        posted = form.read(p.form.section.fields, req)
    end
    p.said = #p.form.errors == 0 and "本页填写正确。这是预览，没有保存任何内容。" or nil
    return show_form(req, user, row, p)
end), { staff = true })
