-- SPDX-License-Identifier: Apache-2.0
-- differences: what two bundles say differently, counted: { kind, what, event, before, after, count, cases = the first of them }.
-- what: state, price, materials, messages, effects, form.
local differences = {}

local KINDS_MAX, CASES_MAX = 300, 20
local REST = "（其他差别）"

local methods = {}
local meta = { __index = methods }

-- differences.new(list or nil) -> found, with those of the list
function differences.new(list)
    local found = setmetatable({ list = {}, known = {} }, meta)
    for _, one in ipairs(list or {}) do
        found:put(one, one.count, one.cases)
    end
    return found
end

-- The entry for it; beyond the limit all of a sort go into one.
local function entry_of(found, one)
    local id = table.concat({ one.kind, one.what, one.event, one.before, one.after }, "\n")
    if not found.known[id] and #found.list >= KINDS_MAX and one.before ~= REST then
        return entry_of(found, { kind = one.kind, what = one.what, event = "", before = REST, after = REST })
    elseif not found.known[id] then
        found.known[id] = { kind = one.kind, what = one.what, event = one.event, before = one.before, after = one.after, count = 0,
            cases = json.array {} }
        found.list[#found.list + 1] = found.known[id]
    end
    return found.known[id]
end

-- found:entry(…) -> the entry to hit, or nil: equal words are no difference
function methods:entry(kind, what, event, before, after)
    return before ~= after and entry_of(self, { kind = kind, what = what, event = event, before = before, after = after }) or nil
end

-- differences.hit(entry, case): once more, in this case
function differences.hit(entry, case)
    entry.count = entry.count + 1
    local n = #entry.cases
    if n < CASES_MAX and entry.cases[n] ~= case then
        entry.cases[n + 1] = case
    end
end

-- found:put(one, count, cases): the same difference found so many times more
function methods:put(one, count, cases)
    local entry = entry_of(self, one)
    entry.count = entry.count + count
    for _, case in ipairs(cases) do
        if #entry.cases < CASES_MAX then
            entry.cases[#entry.cases + 1] = case
        end
    end
end

-- found:all() -> the list, those that happened
function methods:all()
    local out = json.array {}
    for _, entry in ipairs(self.list) do
        out[#out + 1] = entry.count > 0 and entry or nil
    end
    return out
end

return differences
