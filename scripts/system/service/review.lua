-- SPDX-License-Identifier: Apache-2.0
-- review: what a reviewer decides: approve, return for repair, refuse; and the comparison of a face by eye. Each is one
-- transaction: the fact of trust, the event of the flow, and all that follows from it.
local case = use "system/service/case"
local claim = use "system/service/claim"
local effect = use "system/service/effect"
local form_hash = use "system/service/form_hash"
local own = use "system/service/own"
local person = use "system/service/person"
local refusal = use "system/service/refusal"
local subject = use "system/service/subject"

local review = {}

local REVIEWER = { "reviewer" }
local REASON_MAX = 300

-- Review needs the case in hand; behind it (paper) any reviewer decides.
local function check_claim(row, user, now)
    if case.knows(row, "claim", "reviewer") then
        claim.must(row, user, now)
    end
end

local function check_seen(row, seen)
    if seen ~= form_hash.of(row) then
        fail("E_CONFLICT", "申请内容在您审核期间有变化，请按下面的最新内容重新核对")
    end
end

-- How many reviewers the case needs.
function review.stages(total, options)
    return total > (options.second_review_over or math.huge) and 2 or 1
end

local function ids_of(list)
    local ids = {}
    for i, one in ipairs(list) do
        ids[i] = one.id
    end
    return ids
end

-- The rules are asked first: their sentences are written for people.
local function check_rules(tx, row, b, extra)
    local facts = case.facts(tx, row, "reviewer", extra)
    local answer = b:next(row.kind, row.state, "approve", facts)
    if answer.refused then
        fail("E_CONFLICT", answer.refused)
    end
    return facts
end

local function record(tx, row, b, user, facts, parties)
    local profile, fields = subject.of(row, b)
    local required = b:required { kind = row.kind, values = row.values, medium = row.medium, delivery = facts.delivery }
    tx:approve { case = row.key, stage = row.approvals + 1, stages = review.stages(facts.total, b:flow(row.kind).options),
        form_sha256 = form_hash.of(row), required = ids_of(required), subject = fields, profile = profile,
        years = subject.years(row), parties = parties, by = user.account, as = "reviewer" }
end

-- review.approve(user, key, { seen = form_hash that was looked at, note }) -> { state, changed }; in state review a second person
-- has to approve too.
function review.approve(user, key, opts)
    local before = own.for_staff(user, key, REVIEWER)
    local parties = person.parties(before, case.rules(before))
    local done = refusal.tx(function(tx)
        local row = claim.lock(tx, key)
        local b = case.rules(row)
        check_claim(row, user, tx:now())
        check_seen(row, opts.seen)
        local extra = { approvals = row.approvals + 1, own = claim.is_own(tx, user, row, parties), note = opts.note }
        record(tx, row, b, user, check_rules(tx, row, b, extra), parties)
        return case.fire(tx, row, "approve", claim.actor(user), extra)
    end)
    case.told(key)
    return done
end

effect.on("approved", function(_, row)
    row.approvals, row.claim = row.approvals + 1, nil
end)

effect.on("void_approvals", function(tx, row, ctx)
    if row.approvals > 0 then
        tx:void { case = row.key, what = { "review" }, why = "returned for repair", by = ctx.actor.account, as = ctx.actor.as }
    end
    row.approvals = 0
end)

-- What may be returned now: { ["field:unit_name"] = label, ["material:form"] = label, identity = label }
function review.returnable(row, b)
    local out = { identity = "身份识别" }
    for _, section in ipairs(b:sections(row.kind, row.values, {})) do
        for _, field in ipairs(section.fields) do
            out["field:" .. field.id] = field.type ~= "readonly" and not field.secret and field.label or nil
        end
    end
    for _, material in ipairs(b:materials { kind = row.kind, values = row.values, medium = row.medium, delivery = row.delivery.delivery }) do
        out["material:" .. material.id] = material.upload and material.label or nil
    end
    return out
end

local function check_items(row, b, items)
    local known = review.returnable(row, b)
    if #items == 0 then
        fail("E_INVALID", "请至少选择一项需要补正的信息或材料，并写明原因")
    end
    for _, one in ipairs(items) do
        local label = known[one.item] or fail("E_INVALID", "这一项不能退回：" .. tostring(one.item))
        if type(one.reason) ~= "string" or one.reason == "" or (text.length(one.reason) or REASON_MAX + 1) > REASON_MAX then
            fail("E_INVALID", "请为“" .. label .. "”写明退回原因，不超过 " .. REASON_MAX .. " 个字")
        end
    end
    return known
end

local function note_of(items, known)
    local lines = {}
    for i, one in ipairs(items) do
        lines[i] = known[one.item] .. "：" .. one.reason
    end
    return table.concat(lines, "；")
end

-- A returned identity is proved anew.
local function void_identity(tx, row, user, items)
    for _, one in ipairs(items) do
        if one.item == "identity" then
            tx:void { case = row.key, what = { "identity" }, why = "returned for repair", by = user.account, as = "reviewer" }
            row.compare = false
        end
    end
end

local function returned_of(items)
    local list, ids = json.array {}, json.array {}
    for i, one in ipairs(items) do
        list[i], ids[i] = { item = one.item, reason = one.reason, done = false }, one.item
    end
    return list, ids
end

-- review.send_back(user, key, { { item, reason } … }): 退回补正, each item with its reason; only these are open again (C20)
function review.send_back(user, key, items)
    local before = own.for_staff(user, key, REVIEWER)
    local parties = person.parties(before, case.rules(before))
    refusal.tx(function(tx)
        local row = claim.lock(tx, key)
        local known = check_items(row, case.rules(row), items)
        check_claim(row, user, tx:now())
        claim.refuse_own(tx, user, row, parties)
        local list, ids = returned_of(items)
        void_identity(tx, row, user, items)
        row.returned = list
        case.fire(tx, row, "return", claim.actor(user), { returned = ids, note = note_of(items, known) })
    end)
    case.told(key)
end

-- review.refuse(user, key, reason): 否决, final
function review.refuse(user, key, reason)
    local before = own.for_staff(user, key, REVIEWER)
    local parties = person.parties(before, case.rules(before))
    refusal.tx(function(tx)
        local row = claim.lock(tx, key)
        check_claim(row, user, tx:now())
        claim.refuse_own(tx, user, row, parties)
        row.reason = reason
        case.fire(tx, row, "refuse", claim.actor(user), { reason = reason })
    end)
    case.told(key)
end

return review
