-- SPDX-License-Identifier: Apache-2.0
-- review API: what the pages of reviewers do, for programs.
local api = use "system/api/lib"
local case = use "system/service/case"
local claim = use "system/service/claim"
local compare = use "system/service/compare"
local dossier = use "system/service/dossier"
local form_hash = use "system/service/form_hash"
local handover = use "system/service/handover"
local own = use "system/service/own"
local paper = use "system/service/paper"
local queue = use "system/service/queue"
local review = use "system/service/review"
local shipping = use "system/service/shipping"
local waive = use "system/service/waive"
local watch = use "system/service/watch"
local wish = use "system/service/wish"

local READERS, REVIEWERS, PAPER = { "reviewer", "officer" }, { "reviewer" }, { "reviewer", "counter" }
local VIEWERS = { "reviewer", "officer", "counter" }

local Claim = { type = { "object", "null" }, properties = { name = { type = "string" }, at = { type = "string" }, mine = { type = "boolean" } } }

local Entry = api.schema("ReviewEntry", { type = "object", properties = {
    key = { type = "string" }, number = { type = "string", description = "业务受理号" }, kind = { type = "string" }, state = { type = "string" },
    subject = { type = "string" }, user_name = { type = "string" }, since = { type = "string" }, due = { type = { "string", "null" } },
    late = { type = "boolean" }, held = { type = "boolean" }, approvals = { type = "integer" }, claim = Claim } })

local Dossier = api.schema("ReviewCase", { type = "object", properties = {
    key = { type = "string" }, number = { type = "string" }, kind = { type = "string" }, state = { type = "string" },
    values = { type = "object" }, seen = { type = "string", description = "所见内容的摘要，审核通过时一并给出" },
    mark = { type = "string", description = "数据标记" }, stages = { type = "integer", description = "需要几人审核" },
    approvals = { type = "integer" }, claim = Claim, materials = { type = "array", items = { type = "object" } },
    returned = { type = "array", items = { type = "object" } } } })

local function claim_of(row, user, now)
    local c = claim.of(row, now)
    return c and { name = c.name, at = time.rfc3339(c.at), mine = c.account == user.account } or json.null
end

local function entry(row, user)
    local now = time.now()
    return { key = row.key, number = row.number, kind = row.kind, state = row.state, subject = row.subject, user_name = row.user_name,
        since = time.rfc3339(row.since), due = row.due ~= "" and row.due or json.null, late = queue.is_late(row, time.date(now)),
        held = claim.is_held(row), approvals = row.approvals, claim = claim_of(row, user, now) }
end

local function materials_of(row, b)
    local out = json.array {}
    for i, m in ipairs(dossier.materials(row, b)) do
        out[i] = { id = m.id, label = m.label, required = m.required, there = m.there, name = m.name, mark = m.mark, fresh = m.fresh,
            warnings = json.array(m.warnings), file = m.href }
    end
    return out
end

local function returned_of(row)
    local out = json.array {}
    for i, one in ipairs(row.returned) do
        out[i] = { item = one.item, reason = one.reason, done = one.done == true }
    end
    return out
end

local function shown(row, user)
    local b = case.rules(row)
    local out = entry(row, user)
    out.values, out.seen, out.mark, out.stages = row.values, form_hash.of(row), b:mark(row.kind, row.values),
        review.stages(row.total, b:flow(row.kind).options)
    out.materials, out.returned = materials_of(row, b), returned_of(row)
    return out
end

local function answer(req, user)
    return 200, shown(own.for_staff(user, req:param("key"), VIEWERS), user)
end

api.get("/api/v1/review/queue", {
    id = "reviewQueue", tag = "review", summary = "审核队列，等待最久的在前", auth = READERS, returns = api.page_of(Entry),
    query = { { "view", { type = "string", enum = { "all", "free", "late", "mine", "held" } } }, { "kind", { type = "string", maxLength = 40 } },
        { "state", { type = "string", enum = { "review", "paper" } } }, { "after", { type = "string", maxLength = 512 } } },
}, function(_, user, _, query)
    local found, items = queue.list(user, query), {}
    for i, row in ipairs(found.rows) do
        items[i] = entry(row, user)
    end
    return 200, api.page(items, { more = found.after ~= nil, after = found.after })
end)

api.get("/api/v1/review/cases/{key}", {
    id = "reviewCase", tag = "review", summary = "审核用的一项申请", auth = VIEWERS, returns = Dossier,
}, function(req, user)
    local row = own.for_staff(user, req:param("key"), VIEWERS)
    watch.read(user, row.key, "case")
    claim.touch(user, row)
    return 200, shown(row, user)
end)

-- A POST on a case that answers with what it has become.
local function act(name, decl, run)
    decl.tag, decl.auth, decl.returns = "review", decl.auth or REVIEWERS, Dossier
    api.post("/api/v1/review/cases/{key}/" .. name, decl, function(req, user, body)
        run(user, req:param("key"), body)
        return answer(req, user)
    end)
end

local function object(required, properties)
    return { type = "object", required = required, additionalProperties = false, properties = properties }
end

local Reason = { type = "string", title = "原因", minLength = 1, maxLength = 300 }

act("claim", { id = "claimCase", summary = "领取；30 分钟不操作自动放回" }, function(user, key) claim.take(user, key) end)
act("release", { id = "releaseCase", summary = "放回队列" }, function(user, key) claim.drop(user, key) end)
act("hold", { id = "holdCase", summary = "挂起", body = object({ "reason" }, { reason = Reason }) },
    function(user, key, body) claim.hold(user, key, body.reason) end)
act("unhold", { id = "unholdCase", summary = "取消挂起" }, function(user, key) claim.unhold(user, key) end)
act("approve", { id = "approveCase", summary = "审核通过；须两人审核的，第二人再次通过",
    body = object({ "seen" }, { seen = { type = "string", title = "所见内容的摘要", pattern = "[0-9a-f]{64}" } }) },
    function(user, key, body) review.approve(user, key, { seen = body.seen }) end)
act("return", { id = "returnCase", summary = "退回补正，每项写明原因", body = object({ "items" }, { items = { type = "array", minItems = 1,
    maxItems = 60, title = "退回的项目", items = object({ "item", "reason" }, {
        item = { type = "string", title = "项目", description = "field:…、material:… 或 identity", maxLength = 80 }, reason = Reason }) } }) },
    function(user, key, body) review.send_back(user, key, body.items) end)
act("refuse", { id = "refuseCase", summary = "否决，申请就此结束", body = object({ "reason" }, { reason = Reason }) },
    function(user, key, body) review.refuse(user, key, body.reason) end)
act("compare", { id = "compareIdentity", summary = "人工比对（审核员）或现场核验（受理员）通过", auth = PAPER }, function(user, key)
    compare.pass(user, key, user.roles.reviewer and "reviewer" or "counter")
end)

act("wish", { id = "decideWish", summary = "同意重设验证答案或更正邮箱的请求；写明原因则不予办理",
    body = object({}, { reason = Reason }) }, function(user, key, body) wish.decide(user, key, body.reason) end)

act("handover", { id = "handOverCase", summary = "按单位说明移交另一个账号办理", auth = handover.ROLES,
    body = object({ "login", "reason" }, { login = { type = "string", title = "接办人的用户名", minLength = 1, maxLength = 254 }, reason = Reason }) },
    function(user, key, body)
        local errors = handover.give(user, key, body)
        if errors then
            api.invalid(errors)
        end
    end)

act("waive", { id = "waiveFee", summary = "同意免缴；须两位主管各自同意", auth = { "officer" }, body = object({ "reason" }, { reason = Reason }) },
    function(user, key, body) waive.give(user, key, body.reason) end)

act("hand", { id = "handOver", summary = "UKey 已当面交付", auth = PAPER, body = object({ "receiver" }, {
    receiver = { type = "string", title = "领取人姓名", minLength = 1, maxLength = 60 } }) },
    function(user, key, body) shipping.hand(user, key, body.receiver) end)

act("paper", { id = "bookPaper", summary = "登记收到纸质材料", auth = PAPER, body = object({ "items" }, {
    items = { type = "array", title = "材料", maxItems = 40, items = { type = "string" } },
    date = { type = "string", title = "收到日期", maxLength = 20 } }) }, function(user, key, body)
    local read = paper.read(own.for_staff(user, key, PAPER), body.date or time.date(time.now()), body.items)
    if #read.errors > 0 then
        for _, e in ipairs(read.errors) do
            e.code = e.field == "date" and "format" or "missing"
        end
        api.invalid(read.errors)
    end
    paper.book(user, key, read)
end)
