-- SPDX-License-Identifier: Apache-2.0
-- form: checks values against a list of fields and says what is wrong, field by field. Pages and API share it.
--
-- A field: { name, label, required, min, max, pattern, message, choices = { { value, label }, … }, lines }
-- An error: { field, code, message }, in the order of the fields.
local form = {}

local function say(errors, field, code, message)
    errors[#errors + 1] = { field = field.name, code = code, message = message }
end

local function is_choice(field, value)
    for _, choice in ipairs(field.choices) do
        if choice.value == value then
            return true
        end
    end
    return false
end

local function check_text(field, value, errors)
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
    if not field.lines and text.capture(value, "[\\r\\n]") then
        return say(errors, field, "lines", field.label .. "只能有一行")
    end
    if field.pattern and not text.matches(value, field.pattern) then
        return say(errors, field, "format", field.message)
    end
end

local function check_field(field, value, errors)
    if value == "" then
        if field.required then
            say(errors, field, "missing", (field.choices and "请选择" or "请填写") .. field.label)
        end
    elseif field.choices then
        if not is_choice(field, value) then
            say(errors, field, "choice", "请选择" .. field.label)
        end
    else
        check_text(field, value, errors)
    end
end

-- form.check(fields, values) -> clean values (normalised; absent ones ""), errors
function form.check(fields, values)
    local clean, errors = {}, json.array {}
    for _, field in ipairs(fields) do
        local value = values[field.name]
        if value ~= nil and type(value) ~= "string" then
            say(errors, field, "type", field.label .. "应为文本")
            value = nil
        elseif value and #value > 8192 then
            say(errors, field, "too_long", field.label .. "太长")
            value = nil
        else
            value = text.normalize(value or "")
            check_field(field, value, errors)
        end
        clean[field.name] = value or ""
    end
    return clean, errors
end

-- { field name = message }, for the text beside the field
function form.by_field(errors)
    local messages = {}
    for _, e in ipairs(errors) do
        messages[e.field] = messages[e.field] or e.message
    end
    return messages
end

return form
