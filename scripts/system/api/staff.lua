-- SPDX-License-Identifier: Apache-2.0
-- staff API: parcels, todos, and who works here.
local api = use "system/api/lib"
local credential = use "system/service/credential"
local people = use "system/service/people"
local shipping = use "system/service/shipping"
local todo = use "system/service/todo"

local SENDERS, ADMIN, ALL = { "counter", "reviewer" }, { "admin" }, { "reviewer", "officer", "cashier", "admin", "counter" }

local Parcel = api.schema("Shipment", { type = "object", properties = {
    key = { type = "string" }, case = { type = "string" }, number = { type = "string", description = "业务受理号" }, state = { type = "string" },
    receiver = { type = "string" }, phone = { type = "string" }, address = { type = "string" }, courier = { type = "string" },
    tracking = { type = "string" } } })

local function page(found, shown)
    local items = {}
    for i, row in ipairs(found.rows) do
        items[i] = shown(row)
    end
    return 200, api.page(items, { more = found.after ~= nil, after = found.after })
end

local function parcel(row)
    return { key = row.key, case = row.case, number = row.number, state = row.state, receiver = row.receiver, phone = row.phone, address = row.address,
        courier = row.courier, tracking = row.tracking }
end

api.get("/api/v1/shipments", {
    id = "listShipments", tag = "shipments", summary = "包裹", auth = SENDERS, returns = api.page_of(Parcel),
    query = { { "state", { type = "string", enum = { "to_send", "sent", "lost", "handed" } } }, { "after", { type = "string", maxLength = 512 } } },
}, function(_, user, _, query)
    return page(shipping.list(user, query.state or "to_send", query.after), parcel)
end)

api.post("/api/v1/shipments/{key}/sent", {
    id = "sendShipment", tag = "shipments", summary = "登记寄出", auth = SENDERS, status = 204,
    body = { type = "object", required = { "courier", "tracking" }, additionalProperties = false, properties = {
        courier = { type = "string", title = "快递公司", minLength = 1, maxLength = 30 },
        tracking = { type = "string", title = "运单号", pattern = "[0-9A-Za-z-]{6,40}" } } },
}, function(req, user, body)
    shipping.send(user, req:param("key"), body.courier, body.tracking)
    return 204
end)

api.post("/api/v1/shipments/{key}/lost", {
    id = "loseShipment", tag = "shipments", summary = "登记途中遗失：授权码作废，重新寄送", auth = SENDERS, status = 204,
}, function(req, user)
    shipping.lost(user, req:param("key"))
    return 204
end)

local Member = api.schema("StaffMember", { type = "object", properties = {
    account = { type = "string" }, name = { type = "string" }, login = { type = "string" }, roles = { type = "array", items = { type = "string" } } } })

local Roles = { type = "array", title = "角色", maxItems = 5, items = { type = "string", enum = ALL } }

local function member(one)
    local roles = json.array {}
    for i, role in ipairs(one.roles) do
        roles[i] = role.value
    end
    return { account = one.account, name = one.name, login = one.login, roles = roles }
end

api.get("/api/v1/staff", {
    id = "listStaff", tag = "staff", summary = "工作人员及其角色", auth = ADMIN, returns = api.page_of(Member),
    query = { { "after", { type = "string", maxLength = 512 } } },
}, function(_, user, _, query)
    return page(people.list(user, query.after), member)
end)

api.post("/api/v1/staff", {
    id = "addStaff", tag = "staff", summary = "添加工作人员；本人须先注册", auth = ADMIN, status = 204,
    body = { type = "object", required = { "login", "name", "number", "roles" }, additionalProperties = false, properties = {
        login = { type = "string", title = "用户名", maxLength = 254 }, name = { type = "string", title = "姓名", maxLength = 50 },
        number = { type = "string", title = "身份证号码", maxLength = 30 }, roles = Roles } },
}, function(_, user, body)
    local errors = people.add(user, body)
    if errors then
        api.invalid(errors)
    end
    return 204
end)

api.put("/api/v1/staff/{account}", {
    id = "setStaff", tag = "staff", summary = "更改他人的角色；对方须重新登录", auth = ADMIN, returns = Member,
    body = { type = "object", required = { "roles" }, additionalProperties = false, properties = { roles = Roles } },
}, function(req, user, body)
    people.set(user, req:param("account"), body.roles)
    return 200, member(people.get(user, req:param("account")))
end)

local Todo = api.schema("Todo", { type = "object", properties = { key = { type = "string" }, kind = { type = "string" }, case = { type = "string" },
    text = { type = "string" }, state = { type = "string" } } })

api.get("/api/v1/todos", {
    id = "listTodos", tag = "staff", summary = "待办事项", auth = ALL, returns = api.page_of(Todo),
    query = { { "state", { type = "string", enum = { "open", "done" } } }, { "after", { type = "string", maxLength = 512 } } },
}, function(_, user, _, query)
    return page(todo.list(user, query), function(row)
        return { key = row.key, kind = row.kind, case = row.case, text = row.text, state = row.state }
    end)
end)

api.post("/api/v1/todos/{key}/done", {
    id = "doneTodo", tag = "staff", summary = "标记为已处理", auth = ALL, status = 204,
    body = { type = "object", additionalProperties = false, properties = { note = { type = "string", title = "处理说明", maxLength = 200 } } },
}, function(req, user, body)
    todo.done(user, req:param("key"), body.note)
    return 204
end)

api.post("/api/v1/staff/phone", {
    id = "replacePhone", tag = "staff", summary = "核对本人证明后更换账号的手机号码，立即生效", auth = SENDERS, status = 204,
    body = { type = "object", required = { "login", "phone", "reason" }, additionalProperties = false, properties = {
        login = { type = "string", title = "用户名", maxLength = 254 }, phone = { type = "string", title = "新手机号码", maxLength = 30 },
        reason = { type = "string", title = "核对的证明", maxLength = 200 } } },
    answers = { [409] = "号码已用于另一个账号" },
}, function(_, user, body)
    local errors = credential.replace_phone(user, body)
    if errors then
        api.invalid(errors)
    end
    return 204
end)
