-- SPDX-License-Identifier: Apache-2.0
-- bundle_moves: where open cases would stand under other rules. A state that these lack, or that has become a later step, needs
-- another one to stand in: never the first, a final one or one that issues, and never a later step, so that nobody passes over
-- what was not done. Runs in the process that checks.
local business = use "lib/business"
local flows = use "lib/business/flows"

local bundle_moves = {}

local function issues(state)
    for _, entry in ipairs(state.enter or {}) do
        if (type(entry) == "table" and entry.id or entry) == "issue" then
            return true
        end
    end
    return false
end

local function is_earlier(state, step)
    return state.step ~= nil and state.step <= step
end

local function may_stay(state, one)
    return state ~= nil and not state.final and (state.step == one.step or is_earlier(state, one.step or 0))
end

-- The states that may stand in, in the order of steps.
local function options_of(flow, one)
    local out = json.array {}
    for name, state in pairs(flow.states) do
        if name ~= flow.start and not state.final and not issues(state) and is_earlier(state, one.step or 0) then
            out[#out + 1] = { value = name, label = state.label, step = state.step }
        end
    end
    table.sort(out, function(x, y)
        if x.step ~= y.step then
            return x.step < y.step
        end
        return x.value < y.value
    end)
    return out
end

local function has(options, value)
    for _, option in ipairs(options) do
        if option.value == value then
            return true
        end
    end
    return false
end

local function map_one(out, flow, one, chosen)
    local id, options = one.kind .. ":" .. one.state, options_of(flow, one)
    if may_stay(flow.states[one.state], one) then
        out.map[id] = one.state
    elseif chosen and has(options, chosen) then
        out.map[id] = chosen
    end
    if not may_stay(flow.states[one.state], one) then
        out.lacking[#out.lacking + 1] = { id = id, kind = one.kind, state = one.state, label = one.label, count = one.count, options = options,
            chosen = out.map[id] or "" }
    end
    if chosen and chosen ~= "" and not out.map[id] then
        out.refused[#out.refused + 1] = "“" .. one.label .. "”不能改为所选的状态：只能是同一步骤或更早的步骤，且不是起始、结束或签发的状态"
    elseif not may_stay(flow.states[one.state], one) and #options == 0 then
        out.refused[#out.refused + 1] = "“" .. one.label .. "”在新规则中没有可以代替的状态，不能移动"
    end
end

-- bundle_moves.run(hash, { states = { { kind, state, step, label, count } … }, map = { ["kind:state"] = state } }) ->
-- { map (of every state), lacking = { { id, kind, state, label, count, options, chosen } … }, refused = sentences }
function bundle_moves.run(hash, asked)
    local b, out = business.open(hash, hash), { map = {}, lacking = json.array {}, refused = json.array {} }
    for _, one in ipairs(asked.states) do
        local ok, flow = pcall(flows.get, b.r, one.kind)
        if ok then
            map_one(out, flow, one, asked.map[one.kind .. ":" .. one.state])
        else
            out.refused[#out.refused + 1] = "新规则没有业务“" .. one.kind .. "”，它的 " .. one.count .. " 项申请不能改按新规则办理"
        end
    end
    return out
end

return bundle_moves
