-- SPDX-License-Identifier: Apache-2.0
-- cashier API: vouchers that wait, money that fits no order, refunds, and all the money of one case.
local api = use "system/api/lib"
local cashier = use "system/service/cashier"
local invoice_made = use "system/service/invoice_made"
local voucher = use "system/service/voucher"

local CASHIER, BOTH = { "cashier" }, { "cashier", "officer" }

local Receipt = api.schema("Receipt", { type = "object", properties = {
    key = { type = "string" }, channel = { type = "string" }, trade_no = { type = "string" }, fen = { type = "integer" },
    applied = { type = "integer" }, refunded = { type = "integer" }, unapplied = { type = "integer" }, payer = { type = "string" },
    paid = { type = "integer" } } })

local Refund = api.schema("Refund", { type = "object", properties = {
    key = { type = "string" }, receipt = { type = "string" }, channel = { type = "string" }, trade_no = { type = "string" },
    fen = { type = "integer" }, why = { type = "string" }, state = { type = "string", enum = { "asked", "done", "failed" } },
    at = { type = "integer", description = "申请退款的时间" }, answered = { type = "integer", description = "退款有结果的时间" },
    said = { type = "string", description = "支付渠道或银行的答复" } } })

local Waiting = api.schema("WaitingVoucher", { type = "object", properties = {
    key = { type = "string" }, case = { type = "string" }, fen = { type = "integer" }, at = { type = "integer" }, note = { type = "string" },
    state = { type = "string" } } })

-- Some members of a row, in a table of its own.
local function picker(names)
    return function(row)
        local out = {}
        for _, name in ipairs(names) do
            out[name] = row[name]
        end
        return out
    end
end

local receipt = picker { "key", "channel", "trade_no", "fen", "applied", "refunded", "unapplied", "payer", "paid" }
local refund = picker { "key", "receipt", "channel", "trade_no", "fen", "why", "state", "at", "answered", "said" }
local waiting = picker { "key", "case", "fen", "at", "note", "state" }
local of_trade = picker { "key", "number" }
local ordered = picker { "key", "state", "total", "quote_date", "cases", "left" }

local function each(rows, pick)
    local out = json.array {}
    for i, row in ipairs(rows) do
        out[i] = pick(row)
    end
    return out
end

local paged = { { "after", { type = "string", maxLength = 512 } } }

api.get("/api/v1/cashier/vouchers", {
    id = "listVouchers", tag = "cashier", summary = "待确认的缴费凭证，先交的在前", auth = CASHIER, query = paged, returns = api.page_of(Waiting),
}, function(_, user, _, query)
    local found = voucher.waiting(user, query.after)
    return 200, api.page(each(found.rows, waiting), found)
end)

api.get("/api/v1/cashier/vouchers/{key}/file", {
    id = "readVoucher", tag = "cashier", summary = "缴费凭证的图片", auth = CASHIER, gives = "image/*",
}, function(req, user)
    local one = voucher.get(user, req:param("key"))
    req:blob { blob = one.blob, kind = one.kind, data_key = store.get("case", one.case).data_key, filename = "voucher", inline = true }
end)

api.post("/api/v1/cashier/vouchers/{key}/confirm", {
    id = "confirmVoucher", tag = "cashier", summary = "银行已到账：按到账金额入账", auth = CASHIER,
    body = { type = "object", required = { "reference", "fen" }, additionalProperties = false, properties = {
        reference = { type = "string", title = "银行流水号", minLength = 4, maxLength = 64 },
        fen = { type = "integer", title = "银行到账金额（分）", minimum = 1, maximum = 1000000000 } } },
    returns = { type = "object", properties = { outcome = { type = "string", enum = { "applied", "unapplied" } } } },
    answers = { [409] = "凭证已处理，或银行流水号已经入账" },
}, function(req, user, body)
    local key = voucher.get(user, req:param("key")).key
    return 200, { outcome = voucher.confirm(user, key, body.reference, body.fen) }
end)

api.post("/api/v1/cashier/vouchers/{key}/refuse", {
    id = "refuseVoucher", tag = "cashier", summary = "退回凭证", auth = CASHIER, status = 204,
    body = { type = "object", required = { "reason" }, additionalProperties = false, properties = {
        reason = { type = "string", title = "未通过的原因", minLength = 1, maxLength = 200 } } },
    answers = { [409] = "凭证已处理" },
}, function(req, user, body)
    voucher.refuse(user, voucher.get(user, req:param("key")).key, body.reason)
    return 204
end)

api.get("/api/v1/cashier/receipts", {
    id = "listReceipts", tag = "cashier", summary = "没有对应订单的款项", auth = BOTH, query = paged, returns = api.page_of(Receipt),
}, function(_, user, _, query)
    local found = cashier.unapplied(user, query.after)
    return 200, api.page(each(found.rows, receipt), found)
end)

api.post("/api/v1/cashier/receipts/{key}/apply", {
    id = "applyReceipt", tag = "cashier", summary = "把款项入账到金额相同的待付订单", auth = CASHIER, status = 204,
    body = { type = "object", required = { "number" }, additionalProperties = false, properties = {
        number = { type = "string", title = "业务受理号", maxLength = 60 } } },
    answers = { [409] = "没有金额相同的待付订单" },
}, function(req, user, body)
    cashier.apply(user, req:param("key"), body.number)
    return 204
end)

api.post("/api/v1/cashier/receipts/{key}/refund", {
    id = "refundReceipt", tag = "cashier", summary = "退回未入账的款项", auth = BOTH, status = 204,
    body = { type = "object", required = { "why" }, additionalProperties = false, properties = {
        why = { type = "string", title = "退款原因", minLength = 1, maxLength = 100 } } },
    answers = { [409] = "款项已处理" },
}, function(req, user, body)
    cashier.refund(user, req:param("key"), body.why)
    return 204
end)

api.get("/api/v1/cashier/refunds", {
    id = "listRefunds", tag = "cashier", summary = "退款", auth = BOTH, returns = api.page_of(Refund),
    query = { { "state", { type = "string", enum = { "asked", "done", "failed" } } }, paged[1] },
}, function(_, user, _, query)
    local found = cashier.refunds(user, query.state or "asked", query.after)
    return 200, api.page(each(found.rows, refund), found)
end)

api.post("/api/v1/cashier/refunds/{key}/done", {
    id = "recordRefund", tag = "cashier", summary = "登记已办理的银行退款", auth = CASHIER, status = 204,
    body = { type = "object", required = { "reference" }, additionalProperties = false, properties = {
        reference = { type = "string", title = "银行流水号", minLength = 4, maxLength = 64 } } },
    answers = { [409] = "不需要人工登记" },
}, function(req, user, body)
    cashier.transferred(user, req:param("key"), body.reference)
    return 204
end)

api.get("/api/v1/cashier/cases/{number}", {
    id = "findMoney", tag = "cashier", summary = "一项申请的订单、收款、退款和凭证", auth = BOTH,
    returns = { type = "object", properties = { case = { type = "string" }, number = { type = "string" },
        orders = { type = "array", items = { type = "object" } }, receipts = { type = "array", items = Receipt },
        refunds = { type = "array", items = Refund },
        vouchers = { type = "array", items = Waiting } } },
}, function(req, user)
    local found, sentence = cashier.find(user, req:param("number"))
    if not found then
        fail("E_NOT_FOUND", sentence)
    end
    return 200, { case = found.row.key, number = found.row.number, orders = each(found.orders, ordered),
        receipts = each(found.receipts, receipt), refunds = each(found.refunds, refund), vouchers = each(found.vouchers, waiting) }
end)

api.get("/api/v1/cashier/trades/{trade_no}", {
    id = "findTrade", tag = "cashier", summary = "一个交易号的收款、退款和对应的申请", auth = BOTH,
    returns = { type = "object", properties = { cases = { type = "array", items = { type = "object" } },
        receipts = { type = "array", items = Receipt }, refunds = { type = "array", items = Refund } } },
}, function(req, user)
    local found = cashier.trade(user, req:param("trade_no")) or fail("E_NOT_FOUND", "没有这个交易号")
    return 200, { cases = each(found.cases, of_trade), receipts = each(found.receipts, receipt), refunds = each(found.refunds, refund) }
end)

api.post("/api/v1/cashier/cases/{number}/invoice", {
    id = "registerInvoice", tag = "cashier", summary = "登记在发票平台开具的电子发票，并发送给申请人", auth = CASHIER, status = 204,
    body = { type = "object", required = { "invoice_no", "link" }, additionalProperties = false, properties = {
        invoice_no = { type = "string", title = "发票号码", minLength = 1, maxLength = 20 },
        link = { type = "string", title = "下载地址", minLength = 1, maxLength = 512 } } },
    answers = { [409] = "没有到账，或已登记" },
}, function(req, user, body)
    local found, sentence = cashier.find(user, req:param("number"))
    if not found then
        fail("E_NOT_FOUND", sentence)
    end
    local errors = invoice_made.register(user, found.row, { number = body.invoice_no, link = body.link })
    if errors then
        api.invalid(errors)
    end
    return 204
end)
