-- SPDX-License-Identifier: Apache-2.0
-- cashier search: all the money of one application, or what became of one trade.
local cashier = use "system/service/cashier"
local form = use "lib/form"
local guard = use "system/service/guard"
local invoice_made = use "system/service/invoice_made"
local money = use "lib/money"
local payees = use "system/page/staff/payees"
local refund_words = use "lib/refund_words"
local shell = use "system/page/staff/shell"

local search = {}

search.field = { id = "number", type = "text", label = "业务受理号或交易号", hint = "交易号也称银行流水号、支付宝或微信的交易单号", max = 64, width = "30",
    required = true }

local NONE = "没有这个业务受理号或交易号，请逐位核对"
local ORDER_STATES = { open = "待付", paid = "已付", closed = "已关闭", refunded = "已退款" }
local VOUCHER_STATES = { waiting = "待确认", confirmed = "已确认", refused = "未通过" }
local INVOICES = { made = "已开具并发送", open = "待开具", none = "无" }

local function order_rows(found)
    local rows = {}
    for i, one in ipairs(found.orders) do
        rows[i] = { date = one.quote_date, amount = "¥" .. money.yuan(one.total), state = ORDER_STATES[one.state] or one.state,
            cases = #one.cases > 1 and "合并缴费 " .. #one.cases .. " 项：" .. payees.text(one.key) or "本申请" }
    end
    return rows
end

local function receipt_rows(found)
    local rows = {}
    for i, one in ipairs(found.receipts) do
        rows[i] = { trade = one.trade_no, amount = "¥" .. money.yuan(one.fen), unapplied = "¥" .. money.yuan(one.unapplied),
            refunded = "¥" .. money.yuan(one.refunded), at = time.text(one.paid),
            act = one.unapplied > 0 and { label = "处理", href = "/staff/cashier/receipt/" .. one.key, say = one.trade_no } or "" }
    end
    return rows
end

local function refund_rows(found)
    local rows = {}
    for i, one in ipairs(found.refunds) do
        rows[i] = refund_words.row(one)
    end
    return rows
end

local function voucher_rows(found)
    local rows = {}
    for i, one in ipairs(found.vouchers) do
        rows[i] = { amount = "¥" .. money.yuan(one.fen), at = time.text(one.at), state = VOUCHER_STATES[one.state], why = one.reason,
            act = { label = "查看", href = "/staff/cashier/voucher/" .. one.key, say = time.text(one.at) } }
    end
    return rows
end

local function case_rows(found)
    local rows = {}
    for i, one in ipairs(found.cases) do
        rows[i] = { number = { label = one.number, href = "/staff/cashier/find?number=" .. one.number }, name = one.user_name, subject = one.subject }
    end
    return rows
end

-- The lists of an application.
local function add_case(data, user, found)
    local row = found.row
    data.rows = { { label = "业务受理号", value = row.number }, { label = "证书名称", value = row.user_name },
        { label = "申请单位或个人", value = row.subject }, { label = "电子发票", value = INVOICES[invoice_made.state(row)] } }
    data.bill = user.roles.cashier and invoice_made.state(row) == "open" and "/staff/cashier/invoice/" .. row.key or nil
    data.orders, data.vouchers = order_rows(found), voucher_rows(found)
end

-- Fills data with what the number leads to; the sentence of its absence, or nil.
local function fill(data, user, number)
    if number == "" then
        return "请填写业务受理号或交易号"
    end
    local found = cashier.find(user, number)
    local trade = not found and cashier.trade(user, number)
    if not found and not trade then
        return NONE
    end
    local either = found or trade
    data.receipts, data.refunds, data.columns = receipt_rows(either), refund_rows(either), refund_words.columns
    if found then
        add_case(data, user, found)
    else
        data.cases = case_rows(trade)
    end
    return nil
end

http.get("/staff/cashier/find", guard.staff({ "cashier", "officer" }, function(req, user)
    local asked = req:query("number")
    local number = text.trim(text.normalize(asked or ""))
    local data = { title = "查询款项", fields = { search.field }, values = { number = number }, messages = {}, errors = {} }
    local sentence = asked and fill(data, user, number)
    if sentence then
        data.errors = { { field = "number", message = sentence } }
        data.messages = form.by_field(data.errors)
    end
    return shell.send(req, sentence and 422 or 200, "staff/money", user, data)
end), { staff = true, no_store = true })

return search
