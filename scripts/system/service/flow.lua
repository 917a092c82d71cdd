-- SPDX-License-Identifier: Apache-2.0
-- flow: the one way in which a case moves. Everything that one event does happens in the caller's transaction.
local effect = use "system/service/effect"
local fact = use "system/service/fact"
local live = use "system/service/live"
local message = use "system/service/message"
local say = use "system/service/say"

local flow = {}

local DAY_MS = 24 * 3600 * 1000

-- Writes a case row; row.key is not a part of it.
function flow.put(tx, row)
    local copy = {}
    for name, value in pairs(row) do
        copy[name] = name ~= "key" and value or nil
    end
    row.rev = row.rev + 1
    copy.rev = row.rev
    tx:put("case", row.key, copy)
end

-- What the rules were told, without the answers (they stand in the row): so that other rules can be asked later what they
-- would have decided.
local function told_facts(facts)
    local kept = {}
    for name, value in pairs(facts or {}) do
        if name ~= "values" and name ~= "errors" and name ~= "reason" and name ~= "case" then
            kept[name] = value
        end
    end
    return kept
end

-- What happened, for the timeline and for ever.
local function record(tx, row, event, from, actor, extra, facts)
    row.events = row.events + 1
    tx:insert("event", tx:key(), { case = row.key, number = row.events, event = event, from = from, to = row.state,
        by = actor.account, as = actor.as, at = tx:now(), note = extra.note or "", reason = extra.reason or "", facts = told_facts(facts) })
    tx:append("audit", row.key, { event = "case." .. event, by = actor.account, as = actor.as, to = row.state })
end

-- The timers of a state are rows of the outbox; one whose state was left does nothing.
local function start_timers(tx, row, b)
    for _, timer in ipairs(b:timers(row.kind, row.state)) do
        tx:enqueue("timer.due", { case = row.key, state = row.state, since = row.since, event = timer.event, remind = timer.remind },
            row.since + timer.days * DAY_MS)
    end
end

local function enter(tx, row, to, b)
    row.state, row.since = to, tx:now()
    row.due = b:due(row.kind, to, time.date(row.since)) or ""
    start_timers(tx, row, b)
end

local function notify(tx, row, ids, b, extra)
    if #ids == 0 then
        return
    end
    local facts = say.of(row, b, extra)
    for _, id in ipairs(ids) do
        message.send(tx, row, extra.words and extra.words[id] or id, facts)
    end
end

-- flow.fire(tx, row, event, actor, extra) -> { state, changed }: asks the rules, carries out their effects, writes state, event,
-- audit, timers and messages. actor = { account, as }; extra = facts that only the caller knows, with note (timeline),
-- say (facts of messages) and words (messages that are sent in place of others). Raises E_CONFLICT when the rules refuse, E_DENIED for the wrong actor.
function flow.fire(tx, row, event, actor, extra)
    extra = extra or {}
    local b = live.rules_of(row)
    local facts = fact.of(tx, row, actor.as, extra, b)
    local answer = b:next(row.kind, row.state, event, facts)
    if answer.refused then
        fail("E_CONFLICT", answer.refused)
    end
    local from = row.state
    if answer.changed then
        enter(tx, row, answer.state, b)
    end
    local ctx = { event = event, from = from, actor = actor, facts = facts, extra = extra, b = b }
    for _, id in ipairs(answer.effects) do
        effect.run(id, tx, row, ctx)
    end
    record(tx, row, event, from, actor, extra, facts)
    flow.put(tx, row)
    notify(tx, row, answer.notify, live.rules_of(row), extra)
    return { state = row.state, changed = answer.changed }
end

-- flow.begin(tx, row, actor, b): a new case enters the first state of its flow.
function flow.begin(tx, row, actor, b)
    enter(tx, row, b:flow(row.kind).start, b)
    record(tx, row, "created", "", actor, {})
    local copy = {}
    for name, value in pairs(row) do
        copy[name] = name ~= "key" and value or nil
    end
    tx:insert("case", row.key, copy)
end

-- Whether time runs differently in the state under these rules.
local function same_timers(one, other, kind, state)
    return json.encode(one:timers(kind, state)) == json.encode(other:timers(kind, state)) and
        one:due(kind, state, "2026-01-05") == other:due(kind, state, "2026-01-05")
end

-- What a state asks for when a case is put there by a move: to be seen, never to go on.
local arrivals = { queue_review = true, ask_identity = true }

local function arrive(tx, row, from, b)
    for _, entry in ipairs(row.state ~= from and b:state(row.kind, row.state).enter or {}) do
        if arrivals[entry] then
            effect.run(entry, tx, row, { event = "moved", from = from, actor = { account = "", as = "system" }, facts = {}, extra = {}, b = b })
        end
    end
end

-- flow.move(tx, row, bundle, state): the case follows other rules from now on. Its facts stay; a state with other timers, or
-- another state, begins anew.
function flow.move(tx, row, hash, to)
    local from, before = row.state, live.rules_of(row)
    row.bundle = hash
    local b = live.rules_of(row)
    local template = b:template(row.kind, row.medium) or fail("E_CONFLICT", "新规则没有适用的证书模板")
    row.template = row.approvals == 0 and template.id or row.template
    if to ~= from or not same_timers(before, b, row.kind, to) then
        enter(tx, row, to, b)
    end
    arrive(tx, row, from, b)
    record(tx, row, "moved", from, { account = "", as = "system" }, { note = "改按新规则办理" })
    flow.put(tx, row)
end

-- Would the rules take the event now? true, or false and the sentence.
function flow.allows(row, event, as, extra)
    local b = live.rules_of(row)
    if not flow.knows(row, event, as, b) then
        return false
    end
    local answer = b:next(row.kind, row.state, event, fact.of(nil, row, as, extra, b))
    return not answer.refused, answer.refused
end

-- Whether the state has the event for this actor at all.
function flow.knows(row, event, as, b)
    for _, name in ipairs((b or live.rules_of(row)):events(row.kind, row.state, as)) do
        if name == event then
            return true
        end
    end
    return false
end

-- Tells pages that wait for a case; after the commit.
function flow.told(key)
    topics.publish("case:" .. key)
end

return flow
