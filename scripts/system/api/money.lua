-- SPDX-License-Identifier: Apache-2.0
-- money API: order, attempts, and what came of them.
local api = use "system/api/lib"
local case = use "system/service/case"
local order = use "system/service/order"
local pay = use "system/gateway/pay"
local payment = use "system/service/payment"
local voucher = use "system/service/voucher"

local Order = api.schema("Order", { type = "object", properties = {
    key = { type = { "string", "null" } }, state = { type = "string", enum = { "quote", "open", "paid" } },
    total = { type = "integer", description = "本申请的费用，分" }, quote_date = { type = "string" },
    due = { type = "integer", description = "须一次付清的金额，分；合并缴费时为整个订单的总额" }, lines = { type = "array", items = { type = "object" } },
    invoice = { type = { "object", "null" }, description = "电子发票", properties = { number = { type = "string" }, link = { type = "string" } } },
    refunds = { type = "array", description = "申请结束后退还的款项", items = { type = "object", properties = {
        fen = { type = "integer" }, state = { type = "string", enum = { "asked", "done", "failed" } } } } } } })

local function shown(row)
    local o = order.shown(row)
    local lines, refunds = json.array {}, json.array {}
    for i, line in ipairs(o.lines) do
        lines[i] = { item = line.item, label = line.label, fen = line.total or line.fen }
    end
    for i, one in ipairs(order.refunds(row)) do
        refunds[i] = { fen = one.fen, state = one.state }
    end
    return { key = o.order or json.null, state = o.state, total = o.total, due = o.due, quote_date = o.quote_date, lines = lines,
        refunds = refunds, invoice = row.invoice_made and { number = row.invoice_made.number, link = row.invoice_made.link } or json.null }
end

api.get("/api/v1/cases/{key}/order", { id = "getOrder", tag = "money", summary = "费用：报价或订单", returns = Order }, function(req, user)
    return 200, shown(case.get(user, req:param("key")))
end)

api.post("/api/v1/cases/{key}/order", { id = "openOrder", tag = "money", summary = "按现在的报价生成订单", returns = Order }, function(req, user)
    return 200, shown(order.open(user, req:param("key")))
end)

api.post("/api/v1/cases/{key}/order/attempts", {
    id = "beginPayment", tag = "money", summary = "开始一次支付，得到付款页面的地址", status = 201,
    body = { type = "object", required = { "channel" }, additionalProperties = false, properties = { channel = { type = "string", title = "支付方式" } } },
    returns = { type = "object", properties = { pay_at = { type = "string" } } },
}, function(req, user, body)
    if not pay.has(body.channel) then
        api.invalid { { field = "channel", code = "unknown", message = "没有这种支付方式" } }
    end
    return 201, { pay_at = payment.begin(user, req:param("key"), body.channel) }
end)

api.post("/api/v1/cases/{key}/order/query", { id = "queryPayment", tag = "money", summary = "向支付平台查询结果", returns = Order }, function(req, user)
    payment.query(case.get(user, req:param("key")))
    return 200, shown(case.get(user, req:param("key")))
end)

local Attempt = api.schema("PaymentAttempt", { type = "object", properties = {
    out_no = { type = "string", description = "商户订单号" }, channel = { type = "string" }, fen = { type = "integer" }, begun = { type = "integer" },
    paid = { type = "boolean" }, order = Order } })

-- The attempt of that number on an order of this case.
local function attempt_of(row, out_no)
    for _, one in ipairs(row.order ~= "" and order.attempts(row.order) or {}) do
        if one.out_no == out_no then
            return one
        end
    end
    return fail("E_NOT_FOUND", "没有这次支付")
end

local function is_paid(row, out_no)
    for _, receipt in ipairs(order.receipts(row.order)) do
        if receipt.out_no == out_no then
            return true
        end
    end
    return false
end

api.get("/api/v1/cases/{key}/order/attempts/{out_no}", {
    id = "getPayment", tag = "money", summary = "一次支付；尚未到账时向支付平台查询", returns = Attempt,
}, function(req, user)
    local row = case.get(user, req:param("key"))
    local one = attempt_of(row, req:param("out_no"))
    payment.ask(one.channel, one.out_no)
    return 200, { out_no = one.out_no, channel = one.channel, fen = one.fen, begun = one.at, paid = is_paid(row, one.out_no), order = shown(row) }
end)

local Voucher = api.schema("Voucher", { type = "object", properties = {
    key = { type = "string" }, state = { type = "string", enum = { "waiting", "confirmed", "refused" } }, fen = { type = "integer" },
    at = { type = "integer" }, reason = { type = "string" }, note = { type = "string" } } })

local function vouchers_of(row)
    local out = json.array {}
    for i, one in ipairs(voucher.of(row)) do
        out[i] = { key = one.key, state = one.state, fen = one.fen, at = one.at, note = one.note,
            reason = one.state == "refused" and one.reason or "" }
    end
    return out
end

api.get("/api/v1/cases/{key}/voucher", {
    id = "getVouchers", tag = "money", summary = "已提交的缴费凭证，最新的在前", returns = { type = "array", items = Voucher },
}, function(req, user)
    return 200, vouchers_of(case.get(user, req:param("key")))
end)

api.post("/api/v1/cases/{key}/voucher", {
    id = "addVoucher", tag = "money", summary = "上传转账或汇款的凭证", status = 201, returns = Voucher, takes = "multipart/form-data",
    body = { type = "object", required = { "scan" }, properties = { note = { type = "string", title = "备注" },
        scan = { type = "string", format = "binary", description = "图片" } } },
    options = { body = "multipart", limit = 8 * 1024 * 1024 }, answers = { [409] = "现在不能上传缴费凭证" },
}, function(req, user)
    local row = case.get(user, req:param("key"))
    local part = voucher.picture(req)
    if not part then
        api.invalid { { field = "scan", code = "missing", message = "请选择缴费凭证的图片" } }
    end
    voucher.add(req, user, row.key, part.filename, req:field("note"))
    return 201, vouchers_of(row)[1]
end)
