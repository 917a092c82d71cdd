-- SPDX-License-Identifier: Apache-2.0
-- payment pages: what it costs and how to pay, the wait for the notice, the result (S174–S183), the voucher of a transfer (S216).
local case = use "system/service/case"
local csrf = use "lib/csrf"
local form = use "lib/form"
local guard = use "system/service/guard"
local invoice = use "system/service/invoice"
local joint_rows = use "system/page/joint_rows"
local money = use "lib/money"
local order = use "system/service/order"
local pay = use "system/gateway/pay"
local payment = use "system/service/payment"
local shell = use "system/page/shell"
local voucher = use "system/service/voucher"

local STEP = 4

local function price_of(shown)
    local lines = {}
    for i, l in ipairs(shown.full or shown.lines) do
        lines[i] = { label = l.label, count = l.period or 1, unit = l.unit or "项", price = l.fen, discount = (l.off or 0) > 0 and l.off_text or nil,
            total = l.total or l.fen }
    end
    return { lines = lines, total = shown.total, remark = shown.remark }
end

local function facts_of(row, b)
    return { { label = "证书申请业务类型", value = b:label("lists.business_types", b:kind(row.kind).type) },
        { label = "业务受理号", value = row.number }, { label = "证书名称", value = row.user_name },
        { label = "经办人姓名", value = row.values[b:kind(row.kind).fields.handler] },
        { label = "申请时间", value = time.text(row.submitted) } }
end

local function methods()
    local options = {}
    for i, adapter in ipairs(pay.list()) do
        options[i] = { value = adapter.id, label = adapter.label }
    end
    return { id = "channel", type = "radio", label = "在线支付方式", required = true, options = options, inline = true,
        missing = "请选择支付方式" }
end

local function show(req, status, user, row, opts)
    local b = case.rules(row)
    local data = shell.data(req, user, row, "费用支付", STEP)
    local shown = opts.shown
    data.price, data.paid, data.facts = price_of(shown), shown.state == "paid", facts_of(row, b)
    data.joint = joint_rows(user, shown.joint)
    data.errors, data.messages, data.fields = opts.errors or {}, form.by_field(opts.errors or {}), { methods() }
    data.values = opts.values or { channel = pay.list()[1] and pay.list()[1].id }
    data.texts, data.transfer = b:text("payment", {}), b:text("transfer", { number = row.number })
    data.uploaded = row.state ~= "materials" and row.state ~= "submitted"
    data.total, data.capitals = shown.due, money.capitals(shown.due)
    data.renewed, data.waiting = shown.renewed, row.voucher == "waiting" or data.joint ~= nil and data.joint.waiting
    data.invoice = invoice.shown(row, b)
    return shell.send(req, status, "case/pay", data)
end

local TITLE = "费用支付"

local function can_pay(req, user, row)
    if order.is_open(row) or order.of(row) then
        return true
    end
    return false, shell.closed(req, user, row, TITLE, row.submitted and "申请现在不需要缴费，请在申请页面查看办理情况" or "申请提交后才能缴费，请先完成并提交申请")
end

-- Opening the page freezes the order (C6).
http.get("/case/{key}/pay", guard.user(function(req, user)
    local row = case.get(user, req:param("key"))
    if not can_pay(req, user, row) then
        return
    end
    row = order.open(user, row.key)
    local shown = order.shown(row)
    if shown.state == "paid" then
        return req:redirect("/case/" .. row.key .. "/result")
    end
    return show(req, 200, user, row, { shown = shown })
end))

http.post("/case/{key}/pay", guard.user(function(req, user)
    csrf.check(req)
    local row = case.get(user, req:param("key"))
    if not can_pay(req, user, row) then
        return
    end
    local clean, errors = form.check({ methods() }, { channel = req:field("channel") })
    local shown = order.shown(row)
    if shown.state == "paid" then
        return req:redirect("/case/" .. row.key .. "/result")
    elseif #errors > 0 then
        return show(req, 422, user, row, { shown = shown, errors = errors, values = clean })
    end
    return req:redirect(payment.begin(user, row.key, clean.channel))
end))

local function receipts_of(row)
    local frozen = order.of(row)
    local out = {}
    for _, receipt in ipairs(frozen and order.receipts(frozen.key) or {}) do
        local bank = receipt.channel == "bank"
        out[#out + 1] = { { label = bank and "银行流水号" or "支付宝交易号", value = receipt.trade_no },
            { label = "总金额", value = "¥" .. money.yuan(receipt.fen) .. "（" .. money.capitals(receipt.fen) .. "）" },
            { label = "业务号", value = row.number }, { label = "订单名称", value = case.rules(row):kind(row.kind).label .. " " .. row.number },
            { label = bank and "付款方式" or "买家支付宝", value = bank and "转账或汇款" or receipt.payer ~= "" and receipt.payer or "未提供" },
            { label = "支付时间", value = time.text(receipt.paid) }, { label = "交易状态", value = "交易成功" } }
    end
    return frozen, out
end

-- Where the papers go is said only to those who have to post any.
local function finished(row)
    local lines = case.rules(row):text("finished", {})
    return row.medium == "soft" and { lines[1] } or lines
end

local function result(req, user, row)
    local data = shell.data(req, user, row, "证书缴费结果", STEP)
    local frozen, receipts = receipts_of(row)
    data.receipts, data.paid = receipts, frozen ~= nil and frozen.state == "paid"
    data.total, data.joint = frozen and frozen.total or 0, joint_rows(user, frozen)
    data.refresh = not data.paid and frozen and "5" or nil
    data.live, data.asked = not data.paid, req:query("asked") ~= nil
    data.finished = data.paid and finished(row) or nil
    data.bill = data.paid and row.invoice_made or nil
    data.bill_to = data.paid and invoice.values(row, case.rules(row)).invoice_email or nil
    return shell.send(req, 200, "case/result", data)
end

http.get("/case/{key}/result", guard.user(function(req, user)
    local row = case.get(user, req:param("key"))
    if not order.of(row) and not order.is_open(row) then
        return req:redirect("/case/" .. row.key)
    end
    return result(req, user, row)
end))

-- The part of the page that waits; it asks again every three seconds.
http.get("/case/{key}/result/state", guard.user(function(req, user)
    local row = case.get(user, req:param("key"))
    local frozen = order.of(row)
    if frozen and frozen.state == "paid" then
        req:set_header("HX-Redirect", "/case/" .. row.key .. "/result")
    end
    return req:html(200, "case/result_state", { now = time.now() })
end))

http.post("/case/{key}/result", guard.user(function(req, user)
    csrf.check(req)
    local row = case.get(user, req:param("key"))
    payment.query(row)
    return req:redirect("/case/" .. row.key .. "/result?asked=1")
end))

-- 缴费凭证 -------------------------------------------------------------------------------------------------------------

local scan_field = { id = "scan", type = "file", label = "材料数据", required = true, camera = "environment", shrink = true, limit = voucher.limit,
    hint = "请上传图片文档：JPG、PNG 或 BMP，不超过 2 MB" }

local note_field = { id = "note", type = "text", label = "备注", max = 100, hint = "例如付款账户的户名；可以不填" }

local words = { waiting = { "待确认", "blue" }, confirmed = { "已确认", "green" }, refused = { "未通过", "red" } }

local function vouchers_of(row)
    local rows = {}
    for i, one in ipairs(voucher.of(row)) do
        local word = words[one.state]
        rows[i] = { no = i, at = time.text(one.at), amount = "¥" .. money.yuan(one.fen), state = { tag = word[1], tone = word[2] }, why = one.reason,
            act = { label = "查看", href = "/case/" .. row.key .. "/voucher/" .. one.key, say = time.text(one.at) } }
    end
    return rows
end

local columns = { { id = "no", label = "序号" }, { id = "at", label = "提交时间" }, { id = "amount", label = "缴费金额", amount = true },
    { id = "state", label = "状态" }, { id = "why", label = "说明" }, { id = "act", label = "操作" } }

local function voucher_page(req, status, user, row, errors)
    local data = shell.data(req, user, row, "上传缴费凭证", STEP)
    local b = case.rules(row)
    data.steps[STEP] = "上传缴费凭证"
    data.open, data.sentence = voucher.allowed(row)
    data.errors, data.messages, data.fields = errors or {}, form.by_field(errors or {}), { note_field, scan_field }
    data.rows, data.columns, data.values = vouchers_of(row), columns, { note = req:method() == "POST" and req:field("note") or nil }
    data.facts = { { label = "主体名称", value = row.user_name }, { label = "业务受理号", value = row.number },
        { label = "缴费金额", value = "¥" .. money.yuan(order.shown(row).due) }, { label = "支付方式", value = "转账或汇款" } }
    data.transfer = b:text("transfer", { number = row.number })
    return shell.send(req, status, "case/voucher", data)
end

http.get("/case/{key}/voucher", guard.user(function(req, user)
    return voucher_page(req, 200, user, case.get(user, req:param("key")))
end))

http.post("/case/{key}/voucher", guard.user(function(req, user)
    local row = case.get(user, req:param("key"))
    local part = voucher.picture(req)
    csrf.check(req)
    if not part then
        return voucher_page(req, 422, user, row, { { field = "scan", code = "missing", message = "请选择缴费凭证的图片" } })
    end
    local ok, problem = pcall(voucher.add, req, user, row.key, part.filename, req:field("note"))
    if ok then
        return req:redirect("/case/" .. row.key .. "/voucher")
    elseif type(problem) ~= "table" or (problem.code ~= "E_INVALID" and problem.code ~= "E_CONFLICT") then
        error(problem, 0)
    end
    return voucher_page(req, problem.code == "E_INVALID" and 422 or 409, user, row, { { field = "scan", code = "file", message = problem.message } })
end), { body = "multipart", limit = 8 * 1024 * 1024 })

http.get("/case/{key}/voucher/{voucher}", guard.user(function(req, user)
    local row = case.get(user, req:param("key"))
    local one = voucher.in_case(row, req:param("voucher"))
    return req:blob { blob = one.blob, kind = one.kind, data_key = row.data_key, filename = "voucher", inline = true }
end))

-- Invoice --------------------------------------------------------------------------------------------------------------

local function invoice_page(req, status, user, row, opts)
    local data = shell.data(req, user, row, "电子发票信息", STEP)
    local sheet = invoice.sheet(row, case.rules(row), opts.values)
    data.fields, data.values, data.heading = sheet.fields, sheet.values, sheet.title
    data.errors, data.messages = opts.errors or {}, form.by_field(opts.errors or {})
    return shell.send(req, status, "case/invoice", data)
end

http.get("/case/{key}/invoice", guard.user(function(req, user)
    local row = case.get(user, req:param("key"))
    local ok, sentence = invoice.allowed(row)
    if not ok then
        return shell.closed(req, user, row, "电子发票信息", sentence)
    end
    return invoice_page(req, 200, user, row, {})
end))

http.post("/case/{key}/invoice", guard.user(function(req, user)
    csrf.check(req)
    local row = case.get(user, req:param("key"))
    local values = form.read(invoice.sheet(row, case.rules(row)).fields, req)
    local errors = invoice.save(user, row.key, values)
    if errors then
        return invoice_page(req, 422, user, row, { values = values, errors = errors })
    end
    return req:redirect("/case/" .. row.key .. "/pay")
end))
