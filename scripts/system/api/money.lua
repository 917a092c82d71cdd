-- SPDX-License-Identifier: Apache-2.0
-- money API: order, attempts, and what came of them.
local api = use "system/api/lib"
local case = use "system/service/case"
local order = use "system/service/order"
local pay = use "system/gateway/pay"
local payment = use "system/service/payment"

local Order = api.schema("Order", { type = "object", properties = {
    key = { type = { "string", "null" } }, state = { type = "string", enum = { "quote", "open", "paid" } },
    total = { type = "integer", description = "分" }, quote_date = { type = "string" }, lines = { type = "array", items = { type = "object" } } } })

local function shown(row)
    local o = order.shown(row)
    local lines = json.array {}
    for i, line in ipairs(o.lines) do
        lines[i] = { item = line.item, label = line.label, fen = line.total or line.fen }
    end
    return { key = o.order or json.null, state = o.state, total = o.total, quote_date = o.quote_date, lines = lines }
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
