-- SPDX-License-Identifier: Apache-2.0
-- rules_graph: the flow of a draft for the drawing and, with the same data, for a table.
local checkup = use "system/service/checkup"
local event_words = use "lib/event_words"
local lua_places = use "lib/lua_places"
local rules_shell = use "system/page/staff/rules_shell"

local rules_graph = {}

local columns = { { id = "state", label = "状态" }, { id = "count", label = "现有申请", amount = true }, { id = "event", label = "事件" },
    { id = "by", label = "由谁触发" }, { id = "to", label = "去向" } }

local function people(by)
    local out = {}
    for i, id in ipairs(by) do
        out[i] = event_words.actor(id)
    end
    return table.concat(out, "、")
end

-- How many cases stand in each state, and where each is written.
local function complete(row, flow, files)
    local labels = {}
    for _, state in ipairs(flow.states) do
        labels[state.name] = state.label
        state.count = store.count("cases_by_state", { flow.kind, state.name })
        state.line = lua_places.find(files[state.file] or "", "states." .. state.name)
        state.href = rules_shell.file(row, state.file, { { "line", tostring(state.line) } })
    end
    return labels
end

local function rows_of(flow, labels)
    local rows = {}
    for _, state in ipairs(flow.states) do
        for _, edge in ipairs(state.edges) do
            edge.label = event_words.event(edge.event)
            rows[#rows + 1] = { state = { label = state.label, href = state.href, say = edge.label }, count = tostring(state.count),
                event = edge.label .. "（" .. edge.event .. "）", to = labels[edge.to] or edge.to,
                by = people(edge.by) .. (edge.guard and "（有条件）" or "") .. (edge.choose and "（择一）" or "") }
        end
        if #state.edges == 0 then
            rows[#rows + 1] = { state = { label = state.label, href = state.href, say = "结束" }, count = tostring(state.count), event = "", by = "", to = "结束" }
        end
    end
    return rows
end

-- rules_graph.of(row, files, kind or flow file) -> { flow, data (JSON for the island), columns, rows }, or { refused = sentence }
function rules_graph.of(row, files, wanted)
    local answer = checkup.flow(files, wanted)
    local flow = answer.flow
    if not flow then
        return { refused = answer.findings[1] and answer.findings[1].message or "没有流程" }
    end
    local rows = rows_of(flow, complete(row, flow, files))
    return { flow = flow, data = json.encode(flow), columns = columns, rows = rows }
end

return rules_graph
