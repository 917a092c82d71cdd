-- SPDX-License-Identifier: Apache-2.0
-- cases API: what the pages of an application do, for programs.
local api = use "system/api/lib"
local application = use "system/service/application"
local case = use "system/service/case"
local live = use "system/service/live"
local view = use "system/service/view"

local Values = { type = "object", description = "表单字段与答案；字段见 /api/v1/forms/{kind}" }

local Case = api.schema("Case", { type = "object", properties = {
    key = { type = "string" }, number = { type = "string", description = "业务受理号" }, kind = { type = "string" },
    state = { type = "string" }, label = { type = "string", description = "申请状态" }, step = { type = { "string", "null" } },
    subject = { type = "string" }, user_name = { type = "string" }, medium = { type = "string" }, values = Values, delivery = Values,
    created = { type = "string" }, submitted = { type = { "string", "null" } }, mark = { type = "string", description = "数据标记" },
    events = { type = "array", items = { type = "string" }, description = "现在可以做的事" },
    returned = { type = "array", items = { type = "object" }, description = "退回补正的项目" } } })

local function tag(row)
    return api.etag { row.key, row.rev }
end

local function answer(row, status)
    return status or 200, view.of(row), { ETag = tag(row) }
end

api.get("/api/v1/kinds", {
    id = "listKinds", tag = "kinds", summary = "可以申请的业务", auth = "none",
    returns = { type = "array", items = { type = "object" } },
}, function()
    local b, out = live.rules(), json.array {}
    for i, kind in ipairs(b:kinds()) do
        out[i] = { id = kind.id, label = kind.label, title = kind.title, agreement = application.agreement(b, kind.id).version,
            suspended = b:suspended(kind.id, time.date(time.now())) or json.null }
    end
    return 200, out
end)

api.get("/api/v1/forms/{kind}", {
    id = "getForm", tag = "kinds", summary = "一项业务的申请表：栏目、字段和选项", auth = "none", returns = { type = "object" },
}, function(req)
    return 200, view.form(live.rules(), req:param("kind"))
end)

api.get("/api/v1/cases", {
    id = "listCases", tag = "cases", summary = "我的申请，最新的在前", query = api.paged(), returns = api.page_of(Case),
}, function(_, user, _, query)
    local found = case.mine(user, { after = query.after, limit = query.limit or 20 })
    local items = {}
    for i, row in ipairs(found.rows) do
        items[i] = view.of(row)
    end
    return 200, api.page(items, found)
end)

api.post("/api/v1/cases", {
    id = "startCase", tag = "cases", summary = "同意服务协议并开始一项申请", returns = Case, status = 201,
    body = { type = "object", required = { "kind", "agreement" }, additionalProperties = false, properties = {
        kind = { type = "string", title = "业务" }, agreement = { type = "string", title = "协议版本" },
        from = { type = "string", title = "类似的申请", description = "key，取用它的单位和经办人信息" } } },
}, function(_, user, body)
    local key = case.start(user, body.kind, { version = body.agreement, from = body.from })
    local status, value, headers = answer(case.get(user, key), 201)
    headers.Location = "/api/v1/cases/" .. key
    return status, value, headers
end)

api.get("/api/v1/cases/{key}", {
    id = "getCase", tag = "cases", summary = "一项申请", returns = Case, etag = true,
}, function(req, user)
    return answer(case.get(user, req:param("key")))
end)

local function refuse(done)
    if done.errors then
        return api.invalid(done.errors)
    elseif done.stale then
        fail("E_CONFLICT", "内容已在另一个窗口被更改，请重新读取")
    elseif done.unsure then
        fail("E_CONFLICT", "修改后须重新打印、签章、识别或计价；确认修改的，请加上 sure", { undone = done.unsure })
    end
end

api.patch("/api/v1/cases/{key}", {
    id = "changeCase", tag = "cases", summary = "填写或修改申请表的一部分", returns = Case, etag = true, match = true,
    body = { type = "object", required = { "values" }, additionalProperties = false, properties = { values = Values,
        section = { type = "string", title = "栏目", description = "只检查这一栏目" },
        sure = { type = "boolean", title = "确认", description = "知道这次修改使打印、识别或订单失效" } } },
}, function(req, user, body)
    local row = case.get(user, req:param("key"))
    if not api.match(req, tag(row)) then
        return
    end
    local done = case.save(user, row.key, body.values, { section = body.section, sure = body.sure, rev = row.rev })
    refuse(done)
    return answer(done.row)
end)

api.post("/api/v1/cases/{key}/submit", {
    id = "submitCase", tag = "cases", summary = "提交数据", returns = Case,
}, function(req, user)
    local done = case.submit(user, req:param("key"))
    refuse(done)
    return answer(done.row)
end)

api.post("/api/v1/cases/{key}/delivery", {
    id = "chooseDelivery", tag = "cases", summary = "选择证书领取方式，进入材料提交", returns = Case,
    body = { type = "object", required = { "values" }, additionalProperties = false, properties = { values = Values } },
}, function(req, user, body)
    local done = case.deliver(user, req:param("key"), body.values)
    refuse(done)
    return answer(done.row)
end)

api.post("/api/v1/cases/{key}/cancel", {
    id = "cancelCase", tag = "cases", summary = "取消申请", returns = Case,
}, function(req, user)
    case.cancel(user, req:param("key"))
    return answer(case.get(user, req:param("key")))
end)

api.get("/api/v1/cases/{key}/events", {
    id = "listEvents", tag = "cases", summary = "办件进度，最新的在前", returns = { type = "array", items = { type = "object" } },
}, function(req, user)
    local out = json.array {}
    for i, e in ipairs(case.events(case.get(user, req:param("key")))) do
        out[i] = { event = e.event, from = e.from, to = e.to, as = e.as, at = time.rfc3339(e.at), note = e.note, reason = e.reason }
    end
    return 200, out
end)
