-- SPDX-License-Identifier: Apache-2.0
-- values: the answers of an application: posted ones laid over kept ones, checked, and what they mean for the row.
local names = use "system/service/names"
local reader = use "system/service/reader"

local values = {}

-- Stands for a secret answer that was given before: never shown, never stored.
local KEPT = "（已填写）"

local function copy(from)
    local out = {}
    for name, value in pairs(from) do
        out[name] = value
    end
    return out
end

-- The parts "x.text" of a field go with it.
local function drop(out, id)
    for name in pairs(copy(out)) do
        if name == id or string.sub(name, 1, #id + 1) == id .. "." then
            out[name] = nil
        end
    end
end

local function is_empty(value)
    return value == nil or value == ""
end

-- What is judged: kept answers, the posted ones over them, secrets that were given before.
function values.merge(row, form, posted, section)
    local merged = copy(row.values)
    for _, field in ipairs(form.order) do
        if posted and (not section or field.section == section) and posted[field.id] ~= nil then
            merged[field.id] = posted[field.id]
        end
        if field.secret and is_empty(merged[field.id]) and row.answer ~= "" then
            merged[field.id] = KEPT
        end
    end
    return merged
end

-- The secrets that were typed anew: { field id = text }, and clean without any.
function values.secrets(form, clean)
    local secrets = {}
    for _, field in ipairs(form.order) do
        if field.secret and clean[field.id] then
            secrets[field.id] = clean[field.id] ~= KEPT and clean[field.id] or nil
            clean[field.id] = ""
        end
    end
    return secrets
end

-- The kept answers with those of a section replaced.
function values.replaced(before, form, clean, section)
    local out = copy(before)
    for _, field in ipairs(form.order) do
        if not section or field.section == section then
            drop(out, field.id)
        end
    end
    for name, value in pairs(clean) do
        out[name] = value
    end
    return out
end

local function name_errors(r, row, form, clean, errors)
    for _, field in ipairs(form.order) do
        local name = field.type == "user_name" and clean[field.id]
        if name and name ~= "" and names.taken(r, name, row.key) then
            errors[#errors + 1] = names.error(r, field, name, row.key)
        end
    end
end

-- values.check(tx or nil, row, b, merged, section) -> clean, errors
function values.check(tx, row, b, merged, section)
    local r = reader.of(tx)
    local clean, errors = b:check(row.kind, merged, { section = section, today = time.date(r:now()) })
    name_errors(r, row, b:form(row.kind), clean, errors)
    return clean, errors
end

-- The columns of the row that lists and mails need.
function values.apply(row, b, kept)
    local fields = b:kind(row.kind).fields
    row.values = kept
    row.subject, row.user_name = kept[fields.subject] or "", kept[fields.user_name] or ""
    row.medium = kept.medium or ""
    local template = row.medium ~= "" and b:template(row.kind, row.medium)
    row.template = template and template.id or ""
    if row.medium == "soft" then
        row.delivery = {}
    end
end

return values
