-- SPDX-License-Identifier: Apache-2.0
-- orders API: one payment for several cases: joining, looking, parting. It is paid by way of any of its cases.
local api = use "system/api/lib"
local joint = use "system/service/joint"

local JointOrder = api.schema("JointOrder", { type = "object", properties = {
    key = { type = "string" }, state = { type = "string", enum = { "open", "paid", "closed", "refunded" } },
    total = { type = "integer", description = "分" }, quote_date = { type = "string" },
    cases = { type = "array", description = "所付的申请", items = { type = "object", properties = {
        case = { type = { "string", "null" }, description = "已由其他账号办理的为 null" }, number = { type = "string" }, name = { type = "string" },
        total = { type = "integer", description = "该申请的部分，分" }, left = { type = "boolean", description = "这一部分已退还" } } } } } })

local function shown(user, key)
    local frozen, cases = joint.get(user, key), json.array {}
    for i, one in ipairs(joint.cases(user, frozen)) do
        cases[i] = { case = one.mine and one.key or json.null, number = one.number, name = one.name, total = one.fen, left = one.left }
    end
    return { key = key, state = frozen.state, total = frozen.total, quote_date = frozen.quote_date, cases = cases }
end

api.post("/api/v1/orders", {
    id = "joinOrders", tag = "money", summary = "合并缴费：为几项申请生成一个订单", status = 201, returns = JointOrder,
    description = "按任一申请的 order/attempts 付款，按订单的总额；各申请未付的单独订单随即关闭。",
    body = { type = "object", required = { "cases" }, additionalProperties = false, properties = {
        cases = { type = "array", title = "申请", maxItems = 200, items = { type = "string", maxLength = 26 } } } },
    answers = { [422] = "少于两项、多于五十项，或其中一项现在不能缴费" },
}, function(_, user, body)
    local key, errors = joint.make(user, body.cases)
    if not key then
        api.invalid(errors)
    end
    return 201, shown(user, key)
end)

api.get("/api/v1/orders/{key}", { id = "getJointOrder", tag = "money", summary = "订单和所付的申请", returns = JointOrder }, function(req, user)
    return 200, shown(user, req:param("key"))
end)

api.post("/api/v1/cases/{key}/order/part", {
    id = "partOrder", tag = "money", summary = "取消合并：关闭未付的合并订单，各申请单独缴费", status = 204, answers = { [409] = "没有未付的合并订单，或凭证正在核对" },
}, function(req, user)
    joint.part(user, req:param("key"))
    return 204
end)
