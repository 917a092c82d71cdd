-- SPDX-License-Identifier: Apache-2.0
-- rules_view: looks at a draft: how it differs from the live rules, its flow as a graph, and what applicants would see.
local bundles = use "system/service/bundles"
local checkup = use "system/service/checkup"
local csrf = use "lib/csrf"
local draft = use "system/service/rules_draft"
local guard = use "system/service/guard"
local live = use "system/service/live"
local rules_diff = use "system/service/rules_diff"
local shell = use "system/page/staff/shell"

local ADMIN = { "admin" }
local ACTORS = { applicant = "申请人", person = "本人", reviewer = "审核员", cashier = "收费员", counter = "受理点", system = "系统" }

local function base_of(row)
    return "/staff/rules/drafts/" .. row.key
end

local function send(req, status, view, user, row, title, data)
    data.title, data.base = title, base_of(row)
    data.crumbs = { { label = "工作台", href = "/staff" }, { label = "业务规则", href = "/staff/rules" },
        { label = row.title ~= "" and row.title or "未命名的草稿", href = data.base }, { label = title } }
    return shell.send(req, status, view, user, data)
end

local function open(req, user)
    return draft.get(user, req:param("key"))
end

http.get("/staff/rules/drafts/{key}/diff", guard.staff(ADMIN, function(req, user)
    local row = open(req, user)
    return send(req, 200, "rules/diff", user, row, "与使用中的规则比较", { behind = draft.is_behind(row),
        files = rules_diff.of(bundles.files(live.hash()), draft.files(row)) })
end), { staff = true, no_store = true })

local function refused(findings)
    return findings[1] and findings[1].message or nil
end

local function people(by)
    local out = {}
    for i, id in ipairs(by) do
        out[i] = ACTORS[id] or id
    end
    return table.concat(out, "、")
end

local function editor_href(row, file, path)
    return shell.href(base_of(row) .. "/file", { { "name", file }, { "at", path } })
end

-- The graph's data for the island, and the same as rows of a table.
local function graph_of(row, flow)
    local rows, labels = {}, {}
    for _, state in ipairs(flow.states) do
        labels[state.name] = state.label
        state.count = store.count("cases_by_state", { flow.kind, state.name })
        state.href = editor_href(row, state.file, "states." .. state.name)
    end
    for _, state in ipairs(flow.states) do
        for _, edge in ipairs(state.edges) do
            edge.said = people(edge.by) .. (edge.guard and "（有条件）" or "") .. (edge.choose and "（择一）" or "")
            rows[#rows + 1] = { state = { label = state.label, href = state.href, say = edge.event }, count = tostring(state.count),
                event = edge.event, by = edge.said, to = labels[edge.to] or edge.to }
        end
        if #state.edges == 0 then
            rows[#rows + 1] = { state = { label = state.label, href = state.href }, count = tostring(state.count), event = "", by = "", to = "结束" }
        end
    end
    return rows
end

local columns = { { id = "state", label = "状态" }, { id = "count", label = "现有申请", amount = true }, { id = "event", label = "事件" },
    { id = "by", label = "由谁触发" }, { id = "to", label = "去向" } }

http.get("/staff/rules/drafts/{key}/graph", guard.staff(ADMIN, function(req, user)
    local row = open(req, user)
    local answer = checkup.flow(draft.files(row), req:query("flow"))
    local flow = answer.flow
    return send(req, flow and 200 or 422, "rules/graph", user, row, "流程图", { refused = refused(answer.findings), columns = columns,
        rows = flow and graph_of(row, flow) or {}, flow = flow, kinds = flow and flow.kinds or {}, data = flow and json.encode(flow) or "",
        action = base_of(row) .. "/graph", wide = true })
end), { staff = true, no_store = true })

local function price_of(q)
    local lines = {}
    for i, l in ipairs(q.lines) do
        lines[i] = { label = l.label, count = l.period, unit = l.unit, price = l.fen, discount = l.off > 0 and l.off_text or nil, total = l.total }
    end
    return { lines = lines, total = q.total, remark = q.remark }
end

local function values_of(sections)
    for _, section in ipairs(sections) do
        section.values = {}
        for _, field in ipairs(section.fields) do
            section.values[field.id] = field.value
        end
    end
    return sections
end

local function preview(req, user, chosen)
    local row = open(req, user)
    local answer = checkup.preview(draft.files(row), req:query("kind"), chosen)
    local p = answer.preview
    if not p then
        return send(req, 422, "rules/preview", user, row, "预览", { refused = refused(answer.findings), action = base_of(row) .. "/preview" })
    end
    return send(req, 200, "rules/preview", user, row, "预览", { kinds = p.kinds, kind = p.kind, form_title = p.title, sections = values_of(p.sections),
        price = price_of(p.quote), sheets = p.papers, messages = p.messages, qr = qr.svg("https://example.com/query", "办件二维码"),
        action = base_of(row) .. "/preview" })
end

http.get("/staff/rules/drafts/{key}/preview", guard.staff(ADMIN, function(req, user)
    return preview(req, user, {})
end), { staff = true, no_store = true })

-- The answers on the previewed form change what is shown and what it costs; nothing is kept.
http.post("/staff/rules/drafts/{key}/preview", guard.staff(ADMIN, function(req, user)
    csrf.check(req)
    local chosen = {}
    for name, value in pairs(req:fields()) do
        chosen[name] = string.sub(name, 1, 1) ~= "_" and value or nil
    end
    return preview(req, user, chosen)
end), { staff = true })
