-- SPDX-License-Identifier: Apache-2.0
-- invariants: no way through a flow reaches the right to a certificate without money, identity, agreement, materials and the
-- approval of somebody else. Walks the real guards and choices with every combination of the facts that events can make.
local flows = use "lib/business/flows"
local locks = use "lib/bundle_check/locks"
local lures = use "lib/bundle_check/lures"
local rules = use "lib/business/rules"
local said = use "lib/bundle_check/said"

local invariants = {}

local STEPS_MAX = 20000
local VERY_MUCH = 1 << 40

-- What an event does to the facts, whatever the flow thinks of it. A list gives several outcomes.
local worlds = {
    submit = { { agreed = "1", errors = {} }, { agreed = false, errors = {} }, { agreed = "1", errors = { "x" } } },
    registered = { { missing = {} }, { missing = { "form" } } },
    removed = { { missing = { "form" } } },
    changed = { { missing = { "form" } }, { identity = "none" }, {} },
    mended = { { returned = {} } },
    identified = { { identity = "passed" } },
    compare = { { identity = "manual" } },
    identity_expired = { { identity = "expired" } },
    paid = { { paid = true } },
    voucher_submitted = { { voucher = "waiting" } },
    voucher_confirmed = { { voucher = "none", paid = true } },
    voucher_refused = { { voucher = "none" } },
    approve = { {}, { own = true } },
    -- Approvals from before a return are stale until the effect void_approvals takes them away.
    ["return"] = { { returned = { "field:x" }, stale = true }, { returned = { "identity" }, identity = "none", stale = true } },
    received = { { paper = true } },
}

local watched = { "agreed", "missing", "identity", "paid", "voucher", "approvals", "paper", "returned", "medium",
    "stale" }

local function key_of(state, facts)
    local parts = { state }
    for i, name in ipairs(watched) do
        local value = facts[name]
        parts[i + 1] = type(value) == "table" and #value or tostring(value)
    end
    return table.concat(parts, "|")
end

-- Why the right to a certificate must not begin with these facts: adds the reasons to a set.
local function add_reasons(facts, reasons)
    local wrong = {
        ["未同意服务协议"] = not facts.agreed,
        ["未缴费也未减免"] = not facts.paid,
        ["身份识别未通过"] = facts.identity ~= "passed",
        ["未经审核"] = facts.approvals < 1,
        ["由与申请有关的人审核"] = facts.own,
        ["材料不齐"] = #facts.missing > 0,
        ["退回的内容未补正"] = #facts.returned > 0,
        ["退回前的审核仍然有效"] = facts.stale,
    }
    for reason, is_wrong in pairs(wrong) do
        reasons[reason] = is_wrong or reasons[reason] or nil
    end
    return reasons
end

local function has_effect(after, wanted)
    for _, effect in ipairs(after.effects or {}) do
        if effect == wanted then
            return true
        end
    end
    return false
end

local function visit(walk, state, facts)
    local key = key_of(state, facts)
    if not walk.seen[key] then
        walk.seen[key] = true
        walk.queue[#walk.queue + 1] = { state, facts }
    end
end

-- The facts after the event: the approving reviewer counts already while the flow is asked, and stays if it records him.
local function facts_at(event, transition, facts, change)
    local with = rules.with(facts, change)
    with.by = transition.by[1]
    with.approvals = event == "approve" and math.min(facts.approvals + 1, 2) or facts.approvals
    return with
end

local function try_edge(walk, name, event, transition, facts, change)
    local with = facts_at(event, transition, facts, change)
    walk.steps = walk.steps + 1
    local ok, after = pcall(flows.next, walk.r, walk.kind, name, event, with)
    if not ok then
        walk.broken = { state = name, event = event, err = after }
    end
    if not ok or after.refused then
        return
    end
    if event == "approve" and not has_effect(after, "approved") then
        with.approvals = facts.approvals
    end
    if has_effect(after, "issue") then
        local edge = name .. " --" .. event .. "--> " .. after.state
        local found = walk.found[edge] or { state = name, event = event, reasons = {} }
        walk.found[edge] = found
        add_reasons(with, found.reasons)
    end
    if has_effect(after, "void_approvals") then
        with.approvals, with.stale = 0, false
    end
    with.own = false
    visit(walk, after.state, with)
    if with.paid then
        visit(walk, after.state, rules.with(with, { paid = false })) -- a refund may come at any time
    end
end

local function run_walk(walk, pause)
    while #walk.queue > 0 and walk.steps < STEPS_MAX and not walk.broken do
        pause()
        local at = table.remove(walk.queue)
        local state = flows.state(walk.r, walk.kind, at[1])
        for event, transition in pairs(state.on or {}) do
            for _, change in ipairs(worlds[event] or { {} }) do
                try_edge(walk, at[1], event, transition, at[2], change)
            end
        end
    end
end

local function first_facts(medium, change)
    local facts = rules.with(flows.facts, { medium = medium, missing = { "form" }, reason = "x",
        today = "2026-11-24", quote_date = "2026-11-24", delivery = medium == "ukey" and "courier" or "none" })
    facts = rules.with(facts, change)
    facts.values = rules.with({ medium = medium }, change.values)
    return facts
end

local function tell_broken(out, r, kind, at)
    local sentence, mend = said.error(at.err)
    out:wrong(flows.state(r, kind.id, at.state).source, "states." .. at.state .. ".on." .. at.event, sentence, mend)
end

-- Tells what stands in the way; nil when the walk came to its end.
local function walk_once(out, walk, kind, facts, pause)
    visit(walk, flows.get(walk.r, kind.id).start, facts)
    run_walk(walk, pause)
    if walk.broken then
        tell_broken(out, walk.r, kind, walk.broken)
    elseif walk.steps >= STEPS_MAX then
        out:wrong("flows/" .. tostring(kind.flow), "", "流程过于复杂，无法查验签发条件")
    end
    return walk.broken ~= nil or walk.steps >= STEPS_MAX
end

-- Every medium; then an amount over every limit, and what the flow compares facts with. -> what was found; whether it was stopped
local function walk_all(out, r, kind, changes, pause)
    local found = {}
    local function is_stopped(medium, change)
        local walk = { r = r, kind = kind.id, queue = {}, seen = {}, found = found, steps = 0 }
        return walk_once(out, walk, kind, first_facts(medium, change), pause)
    end
    local stopped = is_stopped("ukey", {}) or is_stopped("soft", {}) or is_stopped("soft", { total = VERY_MUCH })
    for _, change in ipairs(changes) do
        stopped = stopped or is_stopped("ukey", change) or is_stopped("soft", change)
    end
    return found, stopped
end

local function check_kind(out, r, kind, changes, pause)
    local found, stopped = walk_all(out, r, kind, changes, pause)
    if not stopped then
        locks.run(out, r, kind)
    end
    for edge, at in pairs(found) do
        if next(at.reasons) then
            out:wrong(flows.state(r, kind.id, at.state).source, "states." .. at.state .. ".on." .. at.event,
                "证书可能在条件不满足时签发：" .. edge .. "：" .. table.concat(rules.keys(at.reasons), "、"))
        end
    end
end

-- invariants.run(out, r, kinds, pause): findings of edges that break the rule; pause() is called between steps
function invariants.run(out, r, kinds, pause)
    local changes = lures.of(r.hash)
    lures.tell(out, r.hash)
    for _, kind in ipairs(kinds) do
        out:try("flows/" .. tostring(kind.flow), check_kind, out, r, kind, changes, pause)
    end
end

return invariants
