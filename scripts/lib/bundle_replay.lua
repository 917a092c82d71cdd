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

local CASES_OF_STEP = 8

-- Which differences two answers make; answers are remembered ones (side), so each two are compared once.
local function compared(run, before, after, compare)
    local known = run.known[before] or {}
    local list = known[after]
    if not list then
        list = {}
        compare(list, before, after)
        run.known[before], known[after] = known, list
    end
    return list
end

local function count(run, ref, before, after, compare)
    if before ~= after then
        for _, entry in ipairs(compared(run, before, after, compare)) do
            differences.hit(entry, ref)
        end
    end
end

-- Answers that are judged differently, a price, what has to be handed in: once for each case.
local function compare_case(run, case, ref, before, after)
    local function lists(what)
        return function(out, was, is)
            out[#out + 1] = run.found:entry(case.kind, what, "", side.lists(was.words, is.words))
        end
    end
    count(run, ref, before.form, after.form, lists("form"))
    if case.submitted then
        count(run, ref, before.required, after.required, lists("materials"))
        count(run, ref, before.price, after.price, function(out, was, is)
            out[#out + 1] = run.found:entry(case.kind, "price", "", was.words, is.words)
        end)
    end
end

local function compare_event(run, case, told)
    return function(out, was, is)
        out[#out + 1] = run.found:entry(case.kind, "state", told.words, was.state, is.state)
        if was.taken and is.taken then
            out[#out + 1] = run.found:entry(case.kind, "messages", told.words, side.lists(was.messages, is.messages))
            out[#out + 1] = run.found:entry(case.kind, "effects", told.words, side.lists(was.effects, is.effects))
        end
    end
end

local function replay_case(run, case, ref)
    local before = run.old:look(case)
    local after = run.new:look(case, before)
    compare_case(run, case, ref, before, after)
    for _, place in ipairs(case.events) do
        local told = run.told[place]
        local was = run.old:decide(case, place, told, before, before)
        local is = run.new:decide(case, place, told, before, after)
        count(run, ref, was, is, compare_event(run, case, told))
    end
    return #case.events
end

-- bundle_replay.run(live, candidate, cases, told, pause) -> { cases, events, differences }; differences as of
-- lib/bundle_replay/differences, their cases named by their place
function bundle_replay.run(live, candidate, cases, told, pause)
    local old = side.open(business.open(live, live), live)
    local new = side.open(business.open(candidate, candidate), candidate, old)
    local run, events = { old = old, new = new, told = told, found = differences.new(), known = {} }, 0
    for ref, case in ipairs(cases) do
        if ref % CASES_OF_STEP == 0 then
            pause()
        end
        events = events + replay_case(run, case, ref)
    end
    return { cases = #cases, events = events, differences = run.found:all() }
end

return bundle_replay
