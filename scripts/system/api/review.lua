-- SPDX-License-Identifier: Apache-2.0
-- review API: the queue of staff, an application as reviewers see it, and what they decide.
local api = use "system/api/lib"
local case = use "system/service/case"
local claim = use "system/service/claim"
local dossier = use "system/service/dossier"
local form_hash = use "system/service/form_hash"
local own = use "system/service/own"
local paper = use "system/service/paper"
local queue = use "system/service/queue"
local review = use "system/service/review"
local view = use "system/service/view"
local waive = use "system/service/waive"

local READERS, REVIEWERS = { "reviewer", "officer", "counter" }, { "reviewer" }

local Work = api.schema("StaffCase", { type = "object", properties = {
    case = api.ref "Case", seen = { type = "string", description = "看到的内容的摘要，审核通过时给出" },
    claimed_by = { type = { "string", "null" } }, approvals = { type = "integer" },
    materials = { type = "array", items = { type = "object" } }, papers = { type = "array", items = { type = "object" } } } })

local function shown(row)
    local b, c = case.rules(row), claim.of(row, time.now())
    local out = { case = view.of(row), seen = form_hash.of(row), claimed_by = c and c.name or json.null, approvals = row.approvals,
        materials = json.array {}, papers = json.array {} }
    for i, m in ipairs(dossier.materials(row, b)) do
        out.materials[i] = { id = m.id, label = m.label, there = m.there, fresh = m.fresh == true, mark = m.mark }
    end
    for i, p in ipairs(dossier.papers(row, b)) do
        out.papers[i] = p
    end
    return out
end

api.get("/api/v1/staff/review", {
    id = "listReview", tag = "review", summary = "等待审核的申请，最早的在前", auth = { "reviewer", "officer" },
    query = { { "view", { type = "string", enum = { "all", "free", "late", "mine", "held" } } }, { "after", { type = "string", maxLength = 512 } } },
    returns = api.page_of(api.ref "Case"),
}, function(_, user, _, query)
    local found, items = queue.list(user, { view = query.view, after = query.after }), {}
    for i, row in ipairs(found.rows) do
        items[i] = view.of(row)
    end
    return 200, api.page(items, { more = found.after ~= nil, after = found.after })
end)

api.get("/api/v1/staff/cases/{key}", {
    id = "getStaffCase", tag = "review", summary = "一项申请：表单、材料和数据摘要", auth = READERS, returns = Work,
}, function(req, user)
    return 200, shown(own.for_staff(user, req:param("key"), READERS))
end)

local function act(name, id, roles, summary, body, run)
    api.post("/api/v1/staff/cases/{key}/" .. name, { id = id, tag = "review", summary = summary, auth = roles, returns = Work, body = body },
        function(req, user, given)
            local row = own.for_staff(user, req:param("key"), roles)
            run(user, row, given)
            return 200, shown(own.for_staff(user, row.key, roles))
        end)
end

act("claim", "claimCase", REVIEWERS, "领取一项申请", nil, function(user, row)
    claim.take(user, row.key)
end)

act("drop", "dropCase", REVIEWERS, "放回队列", nil, function(user, row)
    claim.drop(user, row.key)
end)

local Reason = { type = "string", minLength = 1, maxLength = 300 }

act("approve", "approveCase", REVIEWERS, "审核通过", { type = "object", required = { "seen" }, additionalProperties = false,
    properties = { seen = { type = "string", maxLength = 64 } } }, function(user, row, body)
    review.approve(user, row.key, { seen = body.seen })
end)

act("return", "returnCase", REVIEWERS, "退回补正", { type = "object", required = { "items" }, additionalProperties = false, properties = {
    items = { type = "array", minItems = 1, maxItems = 60, items = { type = "object", required = { "item", "reason" },
        additionalProperties = false, properties = { item = { type = "string", maxLength = 80 }, reason = Reason } } } } },
    function(user, row, body)
        review.send_back(user, row.key, body.items)
    end)

act("refuse", "refuseCase", REVIEWERS, "否决", { type = "object", required = { "reason" }, additionalProperties = false,
    properties = { reason = Reason } }, function(user, row, body)
    review.refuse(user, row.key, body.reason)
end)

act("waive", "waiveCase", { "officer" }, "主管同意免缴；两位主管同意后生效", { type = "object", required = { "reason" },
    additionalProperties = false, properties = { reason = Reason } }, function(user, row, body)
    waive.give(user, row.key, body.reason)
end)

act("paper", "bookPaper", { "reviewer", "counter" }, "登记收到纸质材料", { type = "object", required = { "date", "papers" },
    additionalProperties = false, properties = { date = { type = "string", maxLength = 20 },
        papers = { type = "array", maxItems = 60, items = { type = "string", maxLength = 60 } } } }, function(user, row, body)
    local read = paper.read(row, body.date, body.papers)
    local errors = {}
    for i, e in ipairs(read.errors) do
        errors[i] = { field = e.field == "paper" and "papers" or e.field, code = e.field == "paper" and "missing" or "format", message = e.message }
    end
    if #errors > 0 then
        api.invalid(errors)
    end
    paper.book(user, row.key, read)
end)
