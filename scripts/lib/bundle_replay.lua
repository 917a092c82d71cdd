-- SPDX-License-Identifier: Apache-2.0
-- bundle_replay: what happened before, decided once more by two bundles: only what differs counts. Runs in the process that
-- checks; recorded facts hold no answers of applicants.
local business = use "lib/business"
local rules = use "lib/business/rules"

local bundle_replay = {}

local function ids(list)
    local out = {}
    for i, one in ipairs(list or {}) do
        out[i] = type(one) == "table" and one.id or tostring(one)
    end
    return table.concat(out, "、")
end

-- A decision in words, so that two can be compared and read.
local function decide(b, kind, e)
    local facts = rules.with(e.facts, { values = { medium = e.facts.medium }, errors = {}, reason = e.reason ~= "" and e.reason or "x",
        today = e.facts.today or "2026-11-24", quote_date = e.facts.quote_date or "2026-11-24", by = e.as })
    local ok, answer = pcall(b.next, b, kind, e.from, e.event, facts)
    if not ok then
        return "不接受这个事件"
    elseif answer.refused then
        return "拒绝：" .. tostring(answer.refused)
    end
    return answer.state .. "；效果 " .. ids(answer.effects) .. "；消息 " .. ids(answer.notify)
end

-- bundle_replay.run(live, candidate, events, pause) -> { asked, differences = { { kind, from, event, before, after, count } } }
-- of events { kind, from, event, as, facts, reason }
function bundle_replay.run(live, candidate, events, pause)
    local old, new = business.open(live, live), business.open(candidate, candidate)
    local out, seen = { asked = #events, differences = json.array {} }, {}
    for _, e in ipairs(events) do
        pause()
        local before, after = decide(old, e.kind, e), decide(new, e.kind, e)
        local id = table.concat({ e.kind, e.from, e.event, before, after }, "\n")
        if before ~= after and not seen[id] then
            seen[id] = { kind = e.kind, from = e.from, event = e.event, before = before, after = after, count = 0 }
            out.differences[#out.differences + 1] = seen[id]
        end
        if seen[id] then
            seen[id].count = seen[id].count + 1
        end
    end
    return out
end

return bundle_replay
