-- SPDX-License-Identifier: Apache-2.0
-- materials: which documents a case needs, and what each must be like.
local rules = use "lib/business/rules"
local when = use "lib/when"

local materials = {}

-- What tests of materials may name: the values, and kind, medium, delivery.
local function test_facts(facts)
    return rules.with(facts.values or {}, { kind = facts.kind, medium = facts.medium or (facts.values or {}).medium,
        delivery = facts.delivery })
end

local function by_kind(value, kind)
    if type(value) == "table" then
        return value[kind]
    end
    return value
end

local function is_for(row, kind)
    for _, id in ipairs(row.kinds) do
        if id == kind then
            return row.on ~= false
        end
    end
    return false
end

local function finish(row, defaults, facts, tested)
    local again = row.same_as and when.fits(row.same_when, tested) and row.same_as or nil
    return {
        id = row.id, label = row.label, hint = row.hint, required = row.required == true, upload = row.upload ~= false,
        paper = by_kind(row.paper, facts.kind) or false, printed = by_kind(row.printed, facts.kind),
        blank = by_kind(row.blank, facts.kind), limit = row.limit or defaults.limit, formats = row.formats or defaults.formats,
        long_side = not row.dpi and (row.long_side or defaults.long_side) or nil, dpi = row.dpi, dpi_strict = row.dpi_strict == true,
        same_as = again,
    }
end

-- materials.list(r, { kind, values, medium, delivery }) -> all materials of the case in order, paper-only ones included
function materials.list(r, facts)
    local declared = rules.read(r, "materials")
    local tested, out = test_facts(facts), json.array {}
    for _, row in ipairs(declared.rows) do
        if is_for(row, facts.kind) and when.fits(row.when, tested) then
            out[#out + 1] = finish(row, declared.defaults, facts, tested)
        end
    end
    return out
end

-- materials.required(r, facts) -> those that must be uploaded
function materials.required(r, facts)
    local out = json.array {}
    for _, row in ipairs(materials.list(r, facts)) do
        if row.upload and row.required then
            out[#out + 1] = row
        end
    end
    return out
end

-- materials.missing(r, facts, have) -> ids still to be uploaded; have = { id = true } of those that stand
function materials.missing(r, facts, have)
    local out = json.array {}
    for _, row in ipairs(materials.required(r, facts)) do
        if not have[row.id] then
            out[#out + 1] = row.id
        end
    end
    return out
end

return materials
