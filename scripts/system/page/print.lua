-- SPDX-License-Identifier: Apache-2.0
-- print pages: the papers to sign and stamp, as a page to print and as PDF; blank forms; the payment notice.
local case = use "system/service/case"
local guard = use "system/service/guard"
local order = use "system/service/order"
local printing = use "system/service/printing"
local shell = use "system/page/shell"

local TITLE = "受理打印"

local function is_printable(row)
    return row.submitted ~= nil
end

local function papers_of(row, b)
    local out = {}
    for _, m in ipairs(b:materials { kind = row.kind, values = row.values, medium = row.medium, delivery = row.delivery.delivery }) do
        out[#out + 1] = m.paper and { label = m.label, value = m.paper == "original" and "原件 1 份" or "复印件（盖章）1 份" } or nil
    end
    return out
end

local function show(req, user, row)
    local b = case.rules(row)
    local data = shell.data(req, user, row, TITLE, 1)
    data.documents, data.mark = printing.list(row), b:mark(row.kind, row.values)
    data.copies = b:text(row.delivery.delivery == "onsite" and "print_twice" or "print_once", {})
    data.after = b:text("after_print", {})
    data.papers = row.medium ~= "soft" and papers_of(row, b) or nil
    data.post = row.delivery.delivery == "courier" and b:text("post", {}) or {}
    return shell.send(req, 200, "case/print", data)
end

local function open(req, user)
    local row = case.get(user, req:param("key"))
    if is_printable(row) then
        return row
    end
    return nil, shell.closed(req, user, row, TITLE, "提交数据后才能打印，请先完成并提交申请")
end

http.get("/case/{key}/print", guard.user(function(req, user)
    local row = open(req, user)
    return row and show(req, user, row)
end))

-- All papers on one page, or one of them, ready for the browser's printer.
local function sheets(req, user, row, ids)
    local data = shell.data(req, user, row, "打印", 1)
    data.sheets = {}
    for i, id in ipairs(ids) do
        data.sheets[i] = printing.document(row, id)
    end
    data.qr = qr.svg(config.public_url .. "/query?number=" .. row.number, "办件二维码")
    return shell.send(req, 200, "case/sheets", data)
end

local function ids_of(row)
    local ids = {}
    for i, one in ipairs(printing.list(row)) do
        ids[i] = one.id
    end
    return ids
end

http.get("/case/{key}/print/{document}", guard.user(function(req, user)
    local row = open(req, user)
    local id = req:param("document")
    return row and sheets(req, user, row, id == "all" and ids_of(row) or { id })
end))

local function send(req, bytes, name)
    req:set_header("Content-Disposition", 'inline; filename="' .. name .. '.pdf"')
    return req:bytes(200, "application/pdf", bytes)
end

http.get("/case/{key}/print.pdf", guard.user(function(req, user)
    local row = open(req, user)
    return row and send(req, printing.pdf(row, req:query("only")), row.number)
end), { no_store = true })

http.get("/case/{key}/payment-notice.pdf", guard.user(function(req, user)
    local row = open(req, user)
    if row and not order.is_open(row) and not order.of(row) then
        return shell.closed(req, user, row, "缴费单", "申请现在不能缴费")
    end
    return row and send(req, printing.notice(user, row), "payment-" .. row.number)
end), { no_store = true })

http.get("/files/{document}", function(req)
    local id = string.match(req:param("document"), "^([a-z_]+)%.pdf$") or fail("E_NOT_FOUND", "没有这份表格")
    return send(req, printing.blank(id), id)
end)
