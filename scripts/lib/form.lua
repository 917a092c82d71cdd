-- SPDX-License-Identifier: Apache-2.0
-- form: reads and checks the values of a list of fields and says what is wrong, field by field. Pages and API share it;
-- part/form.html draws the same list. Forms of the business are checked by lib/business; both judge by lib/field.
--
-- A field: { id, type (lib/field), label, required, hint, link, min, max, pattern, message, missing, options, … }
--   options = { { value, label, hint } … } for radio, select, checkbox; tree (lib/region) for the selects of a region
-- An error: { field, code, message }, in the order of the fields.
local judge = use "lib/field"
local region = use "lib/region"
local widget = use "lib/widget"

local form = {}

local TEXT_BYTES = 8192

-- What is shown again beside an error: the text as it was typed, in half width.
local function typed(value, many)
    if many then
        return json.array {}
    end
    return type(value) == "string" and #value <= TEXT_BYTES and text.length(value) and text.normalize(value) or ""
end

-- The selects of a region carry the field's id and, from the second on, their number.
local function read_region(field, req)
    local codes = {}
    for i = 1, field.levels or 3 do
        codes[i] = req:field(i == 1 and field.id or field.id .. "-" .. i) or ""
    end
    return region.settle(field.tree, codes)
end

-- The values of a posted form, for form.check.
function form.read(fields, req)
    local values = {}
    for _, field in ipairs(fields) do
        local w = widget.of(field)
        if w.many then
            values[field.id] = req:field_list(field.id)
        elseif w.selects then
            values[field.id] = read_region(field, req)
        elseif not w.given and not w.upload then
            values[field.id] = req:field(field.id)
        end
    end
    return values
end

-- form.check(fields, values) -> clean values (normalised; absent ones "", of checkboxes a list), errors
function form.check(fields, values)
    local clean, errors = {}, json.array {}
    for _, field in ipairs(fields) do
        local w, value = widget.of(field), values[field.id]
        if not w.given and not w.upload then
            local good, code, message = judge.check(field, value)
            clean[field.id] = good or typed(value, w.many)
            if not good then
                errors[#errors + 1] = { field = field.id, code = code, message = code == "missing" and field.missing or message }
            end
        end
    end
    return clean, errors
end

-- { field id = message }, for the text beside the field
function form.by_field(errors)
    local messages = {}
    for _, e in ipairs(errors) do
        messages[e.field] = messages[e.field] or e.message
    end
    return messages
end

return form
