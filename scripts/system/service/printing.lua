-- SPDX-License-Identifier: Apache-2.0
-- printing: the papers of a case (S140–S145, S231): which there are, as blocks for a page and as PDF; and the blank forms.
local joint = use "system/service/joint"
local layout = use "lib/pdf_layout"
local live = use "system/service/live"
local order = use "system/service/order"

local printing = {}

local function link_of(row)
    return config.public_url .. "/query?number=" .. row.number
end

local function facts_of(row, b)
    return { kind = row.kind, values = row.values, medium = row.medium, delivery = row.delivery.delivery, number = row.number,
        created = time.text(row.submitted or row.created), link = link_of(row), order_name = b:kind(row.kind).label }
end

local function has(list, id)
    for _, one in ipairs(list) do
        if one == id then
            return true
        end
    end
    return false
end

-- printing.list(row) -> list of { id, title } in the order of the kind's prints
function printing.list(row)
    local b, out = live.rules_of(row), {}
    for i, id in ipairs(b:kind(row.kind).prints) do
        out[i] = { id = id, title = b:document(id, facts_of(row, b)).title }
    end
    return out
end

-- printing.document(row, id) -> a document as blocks. E_NOT_FOUND when it is none of the kind.
function printing.document(row, id)
    local b = live.rules_of(row)
    if not has(b:kind(row.kind).prints, id) then
        fail("E_NOT_FOUND", "没有这份打印件")
    end
    return b:document(id, facts_of(row, b))
end

local function about(row, b, more)
    local out = { number = row.number, prefix = b:site().ca.mark, qr = link_of(row), created = row.submitted or row.created }
    for name, value in pairs(more or {}) do
        out[name] = value
    end
    return out
end

-- printing.pdf(row, id or nil) -> bytes: one document, or all of the kind
function printing.pdf(row, id)
    local b, documents = live.rules_of(row), {}
    for _, one in ipairs(id and { id } or b:kind(row.kind).prints) do
        documents[#documents + 1] = printing.document(row, one)
    end
    return pdf.make(layout.pages(documents, about(row, b)))
end

-- One line for each case of an order that pays several; what became somebody else's has no number.
local function joint_lines(user, frozen)
    local lines = {}
    for i, one in ipairs(joint.cases(user, frozen)) do
        local label = one.mine and "业务受理号 " .. one.number or "已由其他账号办理的申请"
        lines[i] = { label = label, period = 1, unit = "项", fen = one.fen, off_text = "—", total = one.fen }
    end
    return lines
end

-- 缴费单, as the user may see it: for the finance department (1.23).
function printing.notice(user, row)
    local b = live.rules_of(row)
    local quote, shown = order.quote(row, time.now()), order.shown(row)
    local facts = facts_of(row, b)
    facts.total, facts["until"] = shown.due, quote.valid_until
    facts.lines = shown.joint and joint_lines(user, shown.joint) or shown.full or quote.lines
    return pdf.make(layout.pages({ b:document("payment_notice", facts) }, about(row, b, { qr = "" })))
end

local function kind_with(b, id)
    for _, kind in ipairs(b:kinds()) do
        if has(kind.prints, id) then
            return kind.id
        end
    end
    for _, kind in ipairs(b:kinds()) do
        for _, material in ipairs(b:materials { kind = kind.id, values = { seal = "yes", signature = "yes" } }) do
            if material.blank == id then
                return kind.id
            end
        end
    end
    return nil
end

-- printing.blank(id) -> bytes: an empty form. E_NOT_FOUND.
function printing.blank(id)
    local b = live.rules()
    local kind = kind_with(b, id) or fail("E_NOT_FOUND", "没有这份表格")
    return pdf.make(layout.pages({ b:document(id, { kind = kind, blank = true }) }, { created = time.parse_date("2026-01-01") }))
end

return printing
