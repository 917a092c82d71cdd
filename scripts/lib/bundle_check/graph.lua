-- SPDX-License-Identifier: Apache-2.0
-- graph: the states of a flow over their declared edges: unreachable, dead ends, no way back for the applicant, steps.
local flows = use "lib/business/flows"

local graph = {}

local BEHIND_ALL = 99

-- graph.reachable(flow, from) -> set of the states one can come to, `from` included
function graph.reachable(flow, from)
    local seen, queue = { [from] = true }, { from }
    while #queue > 0 do
        local state = flow.states[table.remove(queue)]
        for _, transition in pairs(state and state.on or {}) do
            for _, to in ipairs(flows.targets(transition)) do
                if not seen[to] then
                    seen[to] = true
                    queue[#queue + 1] = to
                end
            end
        end
    end
    return seen
end

local function leads_to_end(flow, leads)
    for target in pairs(leads) do
        if flow.states[target] and flow.states[target].final then
            return true
        end
    end
    return false
end

local function has(list, wanted)
    for _, entry in ipairs(list or {}) do
        if (type(entry) == "table" and entry.id or entry) == wanted then
            return true
        end
    end
    return false
end

local function acts(state)
    return state.who == "applicant" or state.who == "person"
end

-- An edge by which the applicant can mend or end his case.
local function is_way_back(flow, state, transition)
    for _, to in ipairs(flows.targets(transition)) do
        local target = flow.states[to]
        if target and target.final and has(transition.by, "applicant") then
            return true
        elseif target and target.name ~= state.name and acts(target) and (target.step or 0) <= (state.step or BEHIND_ALL) then
            return true
        end
    end
    return false
end

-- What is past the right to a certificate.
local function issued(flow)
    local set = {}
    for name, state in pairs(flow.states) do
        for target in pairs(has(state.enter, "issue") and graph.reachable(flow, name) or {}) do
            set[target] = true
        end
    end
    return set
end

local function check_way_back(out, file, flow, seen)
    local past = issued(flow)
    for name, state in pairs(flow.states) do
        local found = state.final or past[name] or not seen[name]
        for _, transition in pairs(not found and state.on or {}) do
            found = found or is_way_back(flow, state, transition)
        end
        if not found then
            out:wrong(state.source or file, "states." .. name, "状态“" .. tostring(state.label) .. "”中申请人没有退路")
        end
    end
end

local function check_ends(out, file, flow, seen)
    for name, state in pairs(flow.states) do
        local path, leads, source = "states." .. name, graph.reachable(flow, name), state.source or file
        if not seen[name] then
            out:wrong(source, path, "状态“" .. tostring(state.label) .. "”无法到达")
        elseif not state.final and not leads_to_end(flow, leads) then
            out:wrong(source, path, "状态“" .. tostring(state.label) .. "”没有通向结束的路（死胡同）")
        elseif state.final and (state.after or next(leads, next(leads))) then
            out:wrong(source, path, "结束状态“" .. tostring(state.label) .. "”不应再有去向或期限")
        end
    end
end

local function check_steps(out, file, flow)
    local used = {}
    for _, state in pairs(flow.states) do
        used[state.step or 0] = true
    end
    for i, label in ipairs(flow.steps) do
        if not used[i] then
            out:wrong(file, "steps." .. i, "步骤“" .. tostring(label) .. "”没有对应的状态")
        end
    end
    if flow.states[flow.start].step ~= 1 then
        out:wrong(file, "start", "起始状态应在第 1 步")
    end
end

function graph.run(out, file, flow)
    local seen = graph.reachable(flow, flow.start)
    check_ends(out, file, flow, seen)
    check_way_back(out, file, flow, seen)
    check_steps(out, file, flow)
end

return graph
