-- SPDX-License-Identifier: Apache-2.0
-- differences: what two bundles say differently, counted: { kind, what, event, before, after, count, cases = the first of them }.
-- what: state, price, materials, messages, effects, form.
local differences = {}

local KINDS_MAX, CASES_MAX = 300, 20
local REST = "（其他差别）"

local methods = {}
local meta = { __index = methods }

function differences.new(list)
    local found = setmetatable({ list = json.array {}, known = {}, count = 0 }, meta)
    for _, one in ipairs(list or {}) do
        found:put(one, one.count, one.cases)
    end
    return found
end

local function id_of(one)
    return table.concat({ one.kind, one.what, one.event, one.before, one.after }, "\n")
end

-- The entry for it; beyond the limit all go into one.
local function entry(found, one)
    local id = id_of(one)
    if not found.known[id] and #found.list >= KINDS_MAX then
        one = { kind = one.kind, what = one.what, event = "", before = REST, after = REST }
        id = id_of(one)
    end
    if not found.known[id] then
        found.known[id] = { kind = one.kind, what = one.what, event = one.event, before = one.before, after = one.after, count = 0,
            cases = json.array {} }
        found.list[#found.list + 1] = found.known[id]
    end
    return found.known[id]
end

-- found:put(one, count, cases): the same difference found so many times more
function methods:put(one, count, cases)
    local known = entry(self, one)
    known.count, self.count = known.count + count, self.count + count
    for _, ref in ipairs(cases) do
        if #known.cases < CASES_MAX and known.cases[#known.cases] ~= ref then
            known.cases[#known.cases + 1] = ref
        end
    end
end

-- found:add(…): what was said before and after about one case; equal words are no difference
function methods:add(kind, what, event, before, after, ref)
    if before ~= after then
        self:put({ kind = kind, what = what, event = event, before = before, after = after }, 1, { ref })
    end
end

return differences
