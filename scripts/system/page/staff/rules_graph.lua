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

-- Edges of one event stand side by side: its targets, in words.
local function grouped(state, labels)
    local out, last = {}, nil
    for _, edge in ipairs(state.edges) do
        if not last or last.event ~= edge.event then
            last = { event = edge.event, label = event_words.event(edge.event), to = {},
                by = people(edge.by) .. (edge.guard and "（有条件）" or "") .. (edge.choose and "（择一）" or "") }
            out[#out + 1] = last
        end
        last.to[#last.to + 1] = labels[edge.to] or edge.to
    end
    return out
end

local function rows_of(flow, labels)
    local rows = {}
    for _, state in ipairs(flow.states) do
        local events = grouped(state, labels)
        for _, one in ipairs(events) do
            rows[#rows + 1] = { state = { label = state.label, href = state.href, say = one.label }, count = tostring(state.count),
                event = one.label .. "（" .. one.event .. "）", by = one.by, to = table.concat(one.to, "、") }
        end
        if #events == 0 then
            rows[#rows + 1] = { state = { label = state.label, href = state.href, say = "结束" }, count = tostring(state.count), event = "", by = "", to = "结束" }
        end
    end
    return rows
end

-- What the drawing needs: each pair of states once, with the names of its events; `ends`: only by what ends a case from nearly everywhere.
local function drawn(flow)
    local states = json.array {}
    for i, state in ipairs(flow.states) do
        local by_target, edges = {}, json.array {}
        for _, edge in ipairs(state.edges) do
            local one = by_target[edge.to]
            if not one and edge.to ~= state.name then
                one = { to = edge.to, events = json.array {}, ends = true }
                by_target[edge.to], edges[#edges + 1] = one, one
            end
            if one then
                one.events[#one.events + 1] = event_words.event(edge.event)
                one.ends = one.ends and (edge.event == "cancel" or edge.event == "expire")
            end
        end
        states[i] = { name = state.name, label = state.label, count = state.count, href = state.href, final = state.final, edges = edges }
    end
    return json.encode { start = flow.start, states = states }
end

-- rules_graph.of(row, files, kind or flow file) -> { flow, data (JSON for the island), columns, rows }, or { refused = sentence }
function rules_graph.of(row, files, wanted)
    local answer = checkup.flow(files, wanted)
    local flow = answer.flow
    if not flow then
        return { refused = answer.findings[1] and answer.findings[1].message or "没有流程" }
    end
    local rows = rows_of(flow, complete(row, flow, files))
    return { flow = flow, data = drawn(flow), columns = columns, rows = rows }
end

return rules_graph
