-- SPDX-License-Identifier: Apache-2.0
-- form: reads and checks the values of a list of fields and says what is wrong, field by field. Pages and API share it;
-- part/form.html draws the same list.
--
-- A field: { id, type (lib/widget), label, required, hint, link, min, max, pattern, message, missing, options, … }
--   options = { { value, label, hint } … } for radio, select, checkbox; tree (lib/region) for region; least, most for number;
--   mobile for tel: no landlines.
-- An error: { field, code, message, at }, in the order of the fields; `at` is the element to go to, if not the field.
local region = use "lib/region"
local widget = use "lib/widget"

local form = {}

local TEXT_BYTES = 8192

local function say(errors, field, code, message)
    errors[#errors + 1] = { field = field.id, code = code, message = message }
end

local function check_length(field, value, errors)
    local length = text.length(value)
    if not length then
        return say(errors, field, "encoding", field.label .. "含有无法识别的字符")
    end
    if field.max and length > field.max then
        return say(errors, field, "too_long", string.format("%s不能超过 %d 个字，现有 %d 个", field.label, field.max, length))
    end
    if field.min and length < field.min then
        return say(errors, field, "too_short", string.format("%s至少 %d 个字", field.label, field.min))
    end
    if not widget.of(field).lines and text.capture(value, "[\\r\\n]") then
        return say(errors, field, "lines", field.label .. "只能有一行")
    end
    return true
end

local function check_text(field, value, errors)
    if not check_length(field, value, errors) then
        return
    end
    local w = widget.of(field)
    if w.check then
        local code, message = w.check(value, field)
        if code then
            return say(errors, field, code, message)
        end
    end
    if field.pattern and not text.matches(value, field.pattern) then
        say(errors, field, "format", field.message)
    end
end

-- One text as it will be kept.
local function clean_text(field, value, errors)
    local w = widget.of(field)
    if value ~= nil and type(value) ~= "string" then
        say(errors, field, "type", field.label .. "应为文本")
        return ""
    end
    if value and #value > TEXT_BYTES then
        say(errors, field, "too_long", field.label .. "太长")
        return ""
    end
    if w.raw then
        return value or ""
    end
    value = text.normalize(value or "")
    return w.clean and w.clean(value, field) or value
end

local function check_one(field, value, errors)
    local before = #errors
    value = clean_text(field, value, errors)
    if #errors > before then
        return value
    end
    if value ~= "" then
        check_text(field, value, errors)
    elseif field.required then
        say(errors, field, "missing", widget.missing(field))
    end
    return value
end

local function check_many(field, list, errors)
    local kept = json.array {}
    for _, value in ipairs(type(list) == "table" and list or {}) do
        local code, message = widget.of(field).check(value, field)
        if code then
            say(errors, field, code, message)
            return kept
        end
        kept[#kept + 1] = value
    end
    if #kept == 0 and field.required then
        say(errors, field, "missing", widget.missing(field))
    end
    return kept
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
        if w.many then
            clean[field.id] = check_many(field, value, errors)
        elseif not w.given and not w.upload then
            clean[field.id] = check_one(field, value, errors)
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
