-- SPDX-License-Identifier: Apache-2.0
-- judged: what thousands of applications lack, by declarations alone. Which fields are asked depends on a few answers (those that
-- tests name), the verdict on a field on its text; both are remembered.
local forms = use "lib/business/forms"
local materials = use "lib/business/materials"
local rules = use "lib/business/rules"

local judged = {}

local DATED = { date = true, idcard = true, document = true }

-- judged.new(r) -> what remembers for one bundle
function judged.new(r)
    return { r = r, forms = {}, materials = {} }
end

local function note(names, test)
    for name in pairs(test or {}) do
        names[name] = true
    end
end

-- The names that decide which fields are asked: of tests, and whatever these are derived from.
local function form_names(form)
    local names = {}
    for _, f in ipairs(form.order) do
        note(names, f.visible_when)
        note(names, f.required_when)
        note(names, f.derive and f.derive.when)
        names[f.document_of or f.id] = f.document_of and true or names[f.id]
    end
    for _, f in ipairs(form.order) do
        if names[f.id] and f.derive and f.derive.from then
            names[f.derive.from] = true
        end
    end
    return rules.keys(names)
end

local function class_of(names, values)
    local parts = {}
    for i, name in ipairs(names) do
        parts[i] = tostring(values[name])
    end
    return table.concat(parts, "\n")
end

-- The fields that are asked with these values, each with what it remembers.
local function asked_of(form, values)
    local current, out = rules.with(values), {}
    for _, f in ipairs(form.order) do
        local stands = forms.stands(f, current)
        if stands == "derived" then
            current[f.id] = not f.derive.part and current[f.derive.from] or current[f.id]
        elseif stands then
            out[#out + 1] = { f = f, known = {}, dated = DATED[f.type] or false }
        end
    end
    return out
end

local function form_of(j, kind, which)
    local id = which .. " " .. kind
    if not j.forms[id] then
        local form = forms.get(j.r, kind, which)
        j.forms[id] = { form = form, names = form_names(form), classes = {} }
    end
    return j.forms[id]
end

-- false when nothing is wrong with the value
local function verdict(j, one, values, today)
    local value = values[one.f.id] or ""
    local key = one.dated and value .. today or value
    local found = one.known[key]
    if found == nil then
        local v = forms.judge(j.r, one.f, values, { today = today, regions = rules.read(j.r, "regions") })
        found = v.value == nil and { field = one.f.id, section = one.f.section, code = v.code, message = v.message }
        one.known[key] = found
    end
    return found
end

-- judged.errors(j, kind, which, values, today) -> errors as forms.check gives them
function judged.errors(j, kind, which, values, today)
    local known = form_of(j, kind, which)
    local class = class_of(known.names, values)
    local asked = known.classes[class]
    if not asked then
        asked = asked_of(known.form, values)
        known.classes[class] = asked
    end
    local errors = json.array {}
    for _, one in ipairs(asked) do
        errors[#errors + 1] = verdict(j, one, values, today) or nil
    end
    return errors
end

local function material_names(j)
    if not j.material_names then
        local names = {}
        for _, row in ipairs(rules.read(j.r, "materials").rows) do
            note(names, row.when)
            note(names, row.same_when)
        end
        j.material_names = rules.keys(names)
    end
    return j.material_names
end

-- judged.required(j, { kind, values, medium, delivery }) -> materials.required, remembered
function judged.required(j, facts)
    local key = table.concat({ facts.kind, facts.medium, facts.delivery, class_of(material_names(j), facts.values) }, "\n")
    local found = j.materials[key]
    if not found then
        found = materials.required(j.r, facts)
        j.materials[key] = found
    end
    return found
end

return judged
