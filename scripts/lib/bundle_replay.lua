-- SPDX-License-Identifier: Apache-2.0
-- bundle_replay: what happened before, decided once more by two bundles: only what differs counts. Runs in the process that
-- checks; the values it gets are invented ones (lib/stand_in).
--
-- A case: { kind, values, delivery, medium, day, submitted, events = places in told }. told: { event, from, by, reason, facts },
-- each once however many cases it happened to.
local business = use "lib/business"
local differences = use "lib/bundle_replay/differences"
local side = use "lib/bundle_replay/side"

local bundle_replay = {}

-- Answers that are judged differently, a price, what has to be handed in: once for each case.
local function compare_case(found, case, ref, before, after)
    found:add(case.kind, "form", "", side.lists(before.form.words, after.form.words, ref))
    if case.submitted then
        found:add(case.kind, "price", "", before.price.words, after.price.words, ref)
        found:add(case.kind, "materials", "", side.lists(before.required.words, after.required.words, ref))
    end
end

local function compare_event(found, case, told, ref, before, after)
    found:add(case.kind, "state", told.words, before.state, after.state, ref)
    if before.taken and after.taken then
        found:add(case.kind, "messages", told.words, side.lists(before.messages, after.messages, ref))
        found:add(case.kind, "effects", told.words, side.lists(before.effects, after.effects, ref))
    end
end

-- Both sides may remember one answer for many cases; what was compared once is equal again.
local function replay_case(old, new, case, told, ref, found, equal)
    local before = old:look(case)
    local after = new:look(case, before)
    compare_case(found, case, ref, before, after)
    for _, place in ipairs(case.events) do
        local one = told[place]
        local was, is = old:decide(case, place, one, before, before), new:decide(case, place, one, before, after)
        if equal[was] ~= is then
            local count = found.count
            compare_event(found, case, one, ref, was, is)
            equal[was] = found.count == count and is or nil
        end
    end
    return #case.events
end

-- bundle_replay.run(live, candidate, cases, told, pause) -> { cases, events, differences }; differences as of
-- lib/bundle_replay/differences, their cases named by their place
function bundle_replay.run(live, candidate, cases, told, pause)
    local old = side.open(business.open(live, live), live)
    local new = side.open(business.open(candidate, candidate), candidate, old)
    local found, events, equal = differences.new(), 0, {}
    for ref, case in ipairs(cases) do
        pause()
        events = events + replay_case(old, new, case, told, ref, found, equal)
    end
    return { cases = #cases, events = events, differences = found.list }
end

return bundle_replay
