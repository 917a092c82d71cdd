-- SPDX-License-Identifier: Apache-2.0
-- flows: state machines with their shared states put in, and one step through them.
local rules = use "lib/business/rules"
local when = use "lib/when"

local flows = {}

-- Who may cause an event.
flows.actors = { applicant = true, person = true, reviewer = true, cashier = true, counter = true, system = true }

-- What every function of a flow gets, with what stands there when the caller says nothing.
flows.facts = { values = {}, errors = {}, missing = {}, returned = {}, agreed = false, identity = "none", paid = false, refund = false,
    voucher = "none", total = 0, approvals = 0, claimed = false, paper = false, medium = "", delivery = "none", own = false,
    reason = "" }

local function expand(r, id)
    local file = "flows/" .. id
    local declared, parts = rules.read(r, file), rules.read(r, "flows/parts")
    local flow = { id = id, steps = declared.steps or parts.steps, start = declared.start, options = declared.options or {},
        states = {}, order = {} }
    local function add(name, state, source)
        if not flow.states[name] then
            flow.order[#flow.order + 1] = name
        end
        flow.states[name] = rules.with(state, { name = name, source = source })
    end
    for _, name in ipairs(declared.include or {}) do
        add(name, parts.states[name] or fail("E_NOT_FOUND", "business rules: no shared state " .. name), "flows/parts")
    end
    for name, state in pairs(declared.states or {}) do
        add(name, state, file)
    end
    return flow
end

-- flows.get(r, kind) -> { id, steps, start, options, states = { name = state }, order }
function flows.get(r, kind_id)
    local id = rules.kind(r, kind_id).flow
    return rules.make(r, "flow:" .. id, function() return expand(r, id) end)
end

-- A state; E_NOT_FOUND.
function flows.state(r, kind_id, name)
    return flows.get(r, kind_id).states[name] or fail("E_NOT_FOUND", "business rules: no state " .. tostring(name))
end

local function contains(list, value)
    for _, one in ipairs(list or {}) do
        if one == value then
            return true
        end
    end
    return false
end

-- flows.events(r, kind, state, actor) -> names of the events that the actor may cause, in alphabetic order
function flows.events(r, kind_id, name, actor)
    local out = json.array {}
    for event, transition in pairs(flows.state(r, kind_id, name).on or {}) do
        if actor == nil or contains(transition.by, actor) then
            out[#out + 1] = event
        end
    end
    table.sort(out)
    return out
end

-- The states an edge may lead to.
function flows.targets(transition)
    return type(transition.to) == "table" and transition.to or { transition.to }
end

local function full_facts(flow, kind_id, name, event, facts)
    local full = rules.with(flows.facts, facts)
    full.kind, full.state, full.event, full.options, full.case = kind_id, name, event, flow.options, nil
    return full
end

local function ask(r, state, event, what, facts, case)
    return rules.call(r, state.source, "states." .. state.name .. ".on." .. event .. "." .. what, facts, facts.kind, case)
end

local function choose(r, state, event, transition, facts, case)
    local targets = flows.targets(transition)
    if not transition.choose then
        return targets[1]
    end
    local chosen = ask(r, state, event, "choose", facts, case)
    if not contains(targets, chosen) then
        fail("E_SCRIPT", string.format("%s: %s.%s chose %s, which is no declared edge", state.source, state.name, event,
            type(chosen) == "string" and chosen or type(chosen)))
    end
    return chosen
end

local function append(list, more)
    for _, id in ipairs(more) do
        list[#list + 1] = id
    end
    return list
end

local function outcome(flow, from, transition, to, facts)
    local effects, notify = when.ids(transition.effects, facts), when.ids(transition.notify, facts)
    local target = flow.states[to] or fail("E_SCRIPT", "business rules: no state " .. tostring(to))
    if to ~= from.name then
        append(append(effects, when.ids(from.leave, facts)), when.ids(target.enter, facts))
        append(notify, when.ids(target.tell, facts))
    end
    return { state = to, changed = to ~= from.name, effects = effects, notify = notify }
end

-- flows.next(r, kind, state, event, facts) -> { state, changed, effects, notify }, or { refused = sentence } when a guard
-- says no. E_CONFLICT: the state knows no such event. E_DENIED: not by facts.by. E_SCRIPT: an undeclared edge.
function flows.next(r, kind_id, name, event, facts)
    local flow = flows.get(r, kind_id)
    local state = flows.state(r, kind_id, name)
    local transition = (state.on or {})[event]
    if not transition then
        fail("E_CONFLICT", "当前状态为“" .. state.label .. "”，不能进行此操作，请刷新页面查看最新状态")
    elseif not contains(transition.by, facts.by) then
        fail("E_DENIED", "您无权进行此操作")
    end
    local full = full_facts(flow, kind_id, name, event, facts)
    if transition.guard then
        local answer = ask(r, state, event, "guard", full, facts.case)
        if answer ~= true then
            return { refused = type(answer) == "string" and answer or "现在不能进行此操作" }
        end
    end
    return outcome(flow, state, transition, choose(r, state, event, transition, full, facts.case), full)
end

-- The step of the state, from 1; nil when it has none. A returned case stands at its first returned item ("field:…",
-- "material:…", "identity").
function flows.step(r, kind_id, name, facts)
    local state = flows.state(r, kind_id, name)
    if not state.step_from then
        return state.step
    end
    local step
    for _, item in ipairs(facts and facts[state.step_from] or {}) do
        local at = state.step_of[string.match(item, "^[%a_]+")]
        step = at and (not step or at < step) and at or step
    end
    return step or state.step
end

-- flows.steps(r, kind, state, facts) -> list of { label, number, status = done | current | todo }
function flows.steps(r, kind_id, name, facts)
    local out = json.array {}
    local current = flows.step(r, kind_id, name, facts)
    local over = flows.state(r, kind_id, name).final
    for i, label in ipairs(flows.get(r, kind_id).steps) do
        local status = "todo"
        if current and (i < current or over and i == current) then
            status = "done"
        elseif i == current then
            status = "current"
        end
        out[i] = { label = label, number = i, status = status }
    end
    return out
end

-- flows.timers(r, kind, state) -> list of { days, event } and { days, remind = message id }, soonest first
function flows.timers(r, kind_id, name)
    local state = flows.state(r, kind_id, name)
    local out = json.array {}
    for _, days in ipairs(state.remind and state.remind.days or {}) do
        out[#out + 1] = { days = days, remind = state.remind.message }
    end
    if state.after then
        out[#out + 1] = { days = state.after.days, event = state.after.event }
    end
    table.sort(out, function(a, b) return a.days < b.days end)
    return out
end

return flows
