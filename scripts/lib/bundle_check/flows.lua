-- SPDX-License-Identifier: Apache-2.0
-- flows: the declarations of states and events: names, effects, actors, steps, timers; the graph is beside.
local effects = use "lib/business/effects"
local events = use "lib/bundle_check/events"
local flows = use "lib/business/flows"
local graph = use "lib/bundle_check/graph"
local rules = use "lib/business/rules"

local check = {}

local FLOW = { name = "text!", start = "text!", steps = "list", include = "list", states = "table", options = "table" }
local STATE = { label = "text!", step = "integer", step_from = "text", step_of = "table", tab = "text!", counters = "list",
    who = "text", on = "table", enter = "list", leave = "list", tell = "list", after = "table", remind = "table", due = "table",
    final = "boolean", name = "text", source = "text" }
local TRANSITION = { to = "any!", choose = "flag", guard = "flag", by = "list!", effects = "list", notify = "list" }
local TABS = { issuing = true, other = true, downloadable = true, finished = true }
local COUNTERS = { issuing = true, mending = true, refused = true, download = true, soft = true }
local PEOPLE = { applicant = true, person = true, cashier = true, reviewer = true, counter = true }
local RETURNED_ITEMS = { field = true, material = true, identity = true }

-- Effects or messages of a list of ids or { id, when }.
local function check_ids(out, file, path, list, set, what)
    for _, entry in ipairs(list or {}) do
        out:known(file, path, type(entry) == "table" and entry.id or entry, set, what)
    end
end

-- The release says who can be the cause of an event; a term's own event is the system's.
local function check_event(out, file, path, event, transition, state)
    local own = state.after and state.after.event == event
    local allowed = events[event] or (own and { system = true })
    if not allowed then
        return out:wrong(file, path, "未知的事件“" .. tostring(event) .. "”，系统不会触发它")
    end
    for _, actor in ipairs(transition.by or {}) do
        if not allowed[actor] and flows.actors[actor] then
            out:wrong(file, path .. ".by", "事件“" .. event .. "”不能由 " .. tostring(actor) .. " 触发",
                "从 by 中删去它；这个事件只能由 " .. table.concat(rules.keys(allowed), "、") .. " 触发")
        end
    end
end

local function check_transition(out, file, path, transition, flow, words)
    if not out:shape(file, path, transition, TRANSITION) then
        return
    end
    local targets = flows.targets(transition)
    for _, to in ipairs(targets) do
        out:known(file, path .. ".to", to, flow.states, "状态")
    end
    if #targets > 1 and not transition.choose then
        out:wrong(file, path, "有多个去向，须用 choose 选择")
    elseif #targets == 0 or (#targets == 1 and transition.choose) then
        out:wrong(file, path, "去向与 choose 不符")
    end
    for _, actor in ipairs(transition.by or {}) do
        out:known(file, path .. ".by", actor, flows.actors, "角色")
    end
    check_ids(out, file, path .. ".effects", transition.effects, effects, "效果")
    check_ids(out, file, path .. ".notify", transition.notify, words, "消息")
end

local function check_after(out, file, path, state)
    local after = state.after
    if after and out:shape(file, path .. ".after", after, { days = "integer!", event = "text!" }) then
        local transition = (state.on or {})[after.event]
        if not transition then
            out:wrong(file, path .. ".after", "到期事件“" .. tostring(after.event) .. "”在本状态没有声明")
        elseif not string.find(table.concat(transition.by or {}, " "), "system", 1, true) then
            out:wrong(file, path .. ".after", "到期事件须允许 system 触发")
        end
    end
end

local function check_remind(out, file, path, state, words)
    local remind, last = state.remind, state.after and math.tointeger(state.after.days)
    if not remind or not out:shape(file, path .. ".remind", remind, { days = "list!", message = "text!" }) then
        return
    end
    out:known(file, path .. ".remind", remind.message, words, "消息")
    for _, days in ipairs(remind.days or {}) do
        if math.type(days) ~= "integer" or days < 1 then
            out:wrong(file, path .. ".remind", "提醒的天数应为不小于 1 的整数")
        elseif last and days >= last then
            out:wrong(file, path .. ".remind", "提醒须早于到期")
        end
    end
end

local function check_timers(out, file, path, state, words)
    local due = state.due
    check_after(out, file, path, state)
    check_remind(out, file, path, state, words)
    if due then
        out:shape(file, path .. ".due", due, { workdays = "integer!" })
    end
end

local function check_step(out, file, path, state, flow)
    local count = #flow.steps
    if state.step and (state.step < 1 or state.step > count) then
        out:wrong(file, path .. ".step", "步骤应在 1 至 " .. count .. " 之间")
    elseif not state.step and not state.final then
        out:wrong(file, path .. ".step", "缺少所在的步骤")
    end
    if (state.step_from == nil) ~= (state.step_of == nil) or state.step_from and state.step_from ~= "returned" then
        out:wrong(file, path .. ".step_from", "step_from 应为 returned，并与 step_of 同时写上")
    end
    for item, step in pairs(state.step_of or {}) do
        if math.type(step) ~= "integer" or step < 1 or step > count then
            out:wrong(file, path .. ".step_of." .. item, "步骤应在 1 至 " .. count .. " 之间")
        end
        out:known(file, path .. ".step_of." .. item, item, RETURNED_ITEMS, "退回的内容")
    end
end

local function check_state(out, flow, state, words)
    local file, path = state.source, "states." .. state.name
    out:shape(file, path, state, STATE)
    out:known(file, path .. ".tab", state.tab, TABS, "列表")
    out:known(file, path .. ".who", state.who, PEOPLE, "办理人")
    check_ids(out, file, path .. ".counters", state.counters, COUNTERS, "计数")
    check_step(out, file, path, state, flow)
    check_ids(out, file, path .. ".enter", state.enter, effects, "效果")
    check_ids(out, file, path .. ".leave", state.leave, effects, "效果")
    check_ids(out, file, path .. ".tell", state.tell, words, "消息")
    check_timers(out, file, path, state, words)
    for event, transition in pairs(state.on or {}) do
        check_transition(out, file, path .. ".on." .. event, transition, flow, words)
        check_event(out, file, path .. ".on." .. event, event, type(transition) == "table" and transition or {}, state)
    end
end

function check.run(out, r, kinds, words)
    local seen = {}
    for _, kind in ipairs(kinds) do
        local file = "flows/" .. tostring(kind.flow)
        if not seen[file] then
            seen[file] = true
            out:try(file, function()
                out:shape(file, "", rules.read(r, file), FLOW)
                local flow = flows.get(r, kind.id)
                if not flow.states[flow.start] then
                    return out:wrong(file, "start", "起始状态“" .. tostring(flow.start) .. "”不存在")
                end
                for _, name in ipairs(flow.order) do
                    check_state(out, flow, flow.states[name], words)
                end
                graph.run(out, file, flow)
            end)
        end
    end
end

return check
