-- SPDX-License-Identifier: Apache-2.0
-- rules_preview: what applicants would see of a draft, with an invented applicant: prices, materials and messages on one page; each paper
-- as page and as PDF. Nothing is kept.
local guard = use "system/service/guard"
local layout = use "lib/pdf_layout"
local price_view = use "lib/price_view"
local rules_shell = use "system/page/staff/rules_shell"

local ADMIN = { "admin" }
local QR = "https://example.com/query"
local SMS_ONE, SMS_PART = 70, 67 -- characters of a short message, and of each part of a longer one
local PAPER = { original = "原件", copy = "复印件（盖章）" }

local function form_links(row, p)
    local out = {}
    for _, one in ipairs(p.forms) do
        for _, section in ipairs(one.sections) do
            out[#out + 1] = { label = one.which == "form" and section.title or one.title, edit = rules_shell.file(row, one.file),
                href = rules_shell.link(row, p, "/form", { { "what", one.which }, { "section", section.id } }) }
        end
    end
    return out
end

local function paper_links(row, p)
    local out = {}
    for i, paper in ipairs(p.papers) do
        out[i] = { label = paper.title .. (paper.blank and "（空白表）" or ""), edit = rules_shell.file(row, "print/" .. paper.id .. ".lua"),
            href = rules_shell.link(row, p, "/print", { { "what", paper.id } }), pdf = rules_shell.link(row, p, "/print.pdf", { { "what", paper.id } }) }
    end
    return out
end

local function material_rows(row, p)
    local out = {}
    for i, m in ipairs(p.materials) do
        out[i] = { label = { label = m.label, href = rules_shell.file(row, "materials.lua", { { "at", "rows." .. m.id } }), say = m.id }, hint = m.hint,
            required = m.required and "必须" or "可选", paper = PAPER[m.paper] or "", upload = m.upload and "上传" or "只交纸质" }
    end
    return out
end

local function length_of(one)
    local n = text.length(one.text) or 0
    local parts = n <= SMS_ONE and 1 or (n + SMS_PART - 1) // SMS_PART
    return one.channel == "sms" and string.format("%d 字，计 %d 条", n, parts) or nil
end

local function messages_of(row, p)
    for _, one in ipairs(p.messages) do
        one.length = length_of(one)
        one.href = rules_shell.file(row, "messages/" .. one.channel .. ".lua", { { "at", one.id } })
    end
    return p.messages
end

local columns = { { id = "label", label = "材料" }, { id = "required", label = "是否必须", short = true }, { id = "upload", label = "方式", short = true },
    { id = "paper", label = "纸质", short = true }, { id = "hint", label = "说明" } }

http.get("/staff/rules/drafts/{key}/preview", guard.staff(ADMIN, function(req, user)
    local row = rules_shell.open(req, user)
    local p, findings = rules_shell.ask(req, row)
    if not p then
        return rules_shell.refuse_preview(req, user, row, findings)
    end
    return rules_shell.send(req, 200, "rules/preview", user, row, "预览", { kinds = p.kinds, kind = p.kind, date = p.date, choices = p.choices, action = rules_shell.base(row) .. "/preview",
        forms = form_links(row, p), papers = paper_links(row, p), price = price_view.of(p.quote), price_edit = rules_shell.file(row, "prices.lua"),
        columns = columns, materials = material_rows(row, p), messages = messages_of(row, p) })
end), { staff = true, no_store = true })

local function paper(req, user)
    local row = rules_shell.open(req, user)
    local p, findings = rules_shell.ask(req, row, { file = req:query("file"), what = req:query("what") })
    if p and not p.paper and p.papers[1] then
        p, findings = rules_shell.ask(req, row, { kind = p.kind, what = req:query("file") and string.match(req:query("file"), "^print/([%w_]+)%.lua$") or p.papers[1].id })
    end
    return row, p and p.paper and p or nil, findings
end

http.get("/staff/rules/drafts/{key}/preview/print", guard.staff(ADMIN, function(req, user)
    local row, p, findings = paper(req, user)
    if not p then
        return rules_shell.refuse_preview(req, user, row, findings)
    end
    return rules_shell.send_preview(req, 200, "rules/paper", user, row, p.paper.title, { sheets = { p.paper }, qr = qr.svg(QR, "办件二维码"), back = rules_shell.link(row, p, ""),
        pdf = rules_shell.link(row, p, "/print.pdf", { { "what", p.paper.id } }), edit = rules_shell.file(row, "print/" .. p.paper.id .. ".lua") })
end), { staff = true, no_store = true })

http.get("/staff/rules/drafts/{key}/preview/print.pdf", guard.staff(ADMIN, function(req, user)
    local row, p, findings = paper(req, user)
    if not p then
        return rules_shell.refuse_preview(req, user, row, findings)
    end
    req:set_header("Content-Disposition", 'inline; filename="' .. p.paper.id .. '.pdf"')
    return req:bytes(200, "application/pdf", pdf.make(layout.pages({ p.paper }, { number = "20261124000000000173", prefix = "预览", qr = QR, created = time.now() })))
end), { staff = true, no_store = true })
