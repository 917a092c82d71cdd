-- SPDX-License-Identifier: Apache-2.0
-- shape: whether a value has the form that a JSON Schema declares. Judges the form only: what the answers of a business form
-- must be like is for lib/business, with the same codes.
--
-- Known of JSON Schema: type (one, or a list), properties, required, additionalProperties = false or a schema, items, enum,
-- minLength, maxLength, pattern (of the whole text), minimum, maximum, minItems, maxItems, ["$ref"]. title names a value in
-- messages. Codes: missing type unknown choice too_short too_long format too_small too_big too_few too_many.
local shape = { components = {} }

local array_mark = getmetatable(json.array {})

local kinds = {
    array = function(v) return type(v) == "table" and (getmetatable(v) == array_mark or #v > 0) end,
    boolean = function(v) return type(v) == "boolean" end,
    integer = function(v) return math.type(v) == "integer" or (math.type(v) == "float" and math.tointeger(v) ~= nil) end,
    null = function(v) return v == nil or v == json.null end,
    number = function(v) return type(v) == "number" end,
    string = function(v) return type(v) == "string" end,
}

function kinds.object(v)
    return type(v) == "table" and not kinds.array(v)
end

local words = { array = "列表", boolean = "true 或 false", integer = "整数", null = "null", number = "数字", object = "对象", string = "文本" }

-- The schema itself, or what its reference names.
function shape.resolve(schema)
    local name = schema["$ref"] and string.match(schema["$ref"], "^#/components/schemas/(.+)$")
    return name and shape.components[name] or schema
end

local function complain(found, path, schema, code, sentence)
    found[#found + 1] = { field = path, code = code, message = (schema.title or path) .. sentence }
end

local function fits_type(schema, value)
    local wanted = type(schema.type) == "table" and schema.type or { schema.type }
    for _, name in ipairs(wanted) do
        if kinds[name](value) then
            return true
        end
    end
    return #wanted == 0, words[wanted[1]]
end

local function among(list, value)
    for _, one in ipairs(list) do
        if one == value then
            return true
        end
    end
    return false
end

local function check_text(schema, value, path, found)
    local length = text.length(value)
    if not length then
        complain(found, path, schema, "encoding", "含有不能识别的字符")
    elseif schema.minLength and length < schema.minLength then
        complain(found, path, schema, length == 0 and "missing" or "too_short", "至少 " .. schema.minLength .. " 个字")
    elseif schema.maxLength and length > schema.maxLength then
        complain(found, path, schema, "too_long", "最多 " .. schema.maxLength .. " 个字")
    elseif schema.pattern and not text.matches(value, schema.pattern) then
        complain(found, path, schema, "format", "格式不正确")
    end
end

local function check_number(schema, value, path, found)
    if schema.minimum and value < schema.minimum then
        complain(found, path, schema, "too_small", "不能小于 " .. schema.minimum)
    elseif schema.maximum and value > schema.maximum then
        complain(found, path, schema, "too_big", "不能大于 " .. schema.maximum)
    end
end

local check

local function check_items(schema, value, path, found)
    if #value < (schema.minItems or 0) then
        complain(found, path, schema, "too_few", "至少 " .. schema.minItems .. " 项")
    elseif schema.maxItems and #value > schema.maxItems then
        complain(found, path, schema, "too_many", "最多 " .. schema.maxItems .. " 项")
        return
    end
    for i, one in ipairs(schema.items and value or {}) do
        check(schema.items, one, path .. "[" .. i - 1 .. "]", found)
    end
end

local function below(path, name)
    return path == "" and name or path .. "." .. name
end

local function check_unknown(schema, name, value, path, found)
    local more = schema.additionalProperties
    if more == false then
        complain(found, below(path, name), {}, "unknown", "不是已知的字段")
    elseif type(more) == "table" then
        check(more, value, below(path, name), found)
    end
end

local function check_members(schema, value, path, found)
    local known = schema.properties or {}
    for _, name in ipairs(schema.required or {}) do
        if value[name] == nil then
            complain(found, below(path, name), known[name] or {}, "missing", "没有填写")
        end
    end
    for name, one in pairs(value) do
        if known[name] then
            check(known[name], one, below(path, name), found)
        else
            check_unknown(schema, name, one, path, found)
        end
    end
end

check = function(schema, value, path, found)
    schema = shape.resolve(schema)
    local fits, word = fits_type(schema, value)
    if not fits then
        complain(found, path, schema, "type", "应为" .. word)
    elseif schema.enum and not among(schema.enum, value) then
        complain(found, path, schema, "choice", "不是可以选择的值")
    elseif type(value) == "string" then
        check_text(schema, value, path, found)
    elseif type(value) == "number" then
        check_number(schema, value, path, found)
    elseif kinds.array(value) then
        check_items(schema, value, path, found)
    elseif type(value) == "table" then
        check_members(schema, value, path, found)
    end
end

-- shape.check(schema, value) -> new list of { field = "values.unit_name", code, message }, by field
function shape.check(schema, value)
    local found = json.array {}
    check(schema, value, "", found)
    table.sort(found, function(a, b) return a.field < b.field end)
    return found
end

-- shape.text(schema, text) -> the value that a query parameter means: numbers and booleans of their type, else the text
function shape.text(schema, given)
    local kind = shape.resolve(schema).type
    if kind == "integer" or kind == "number" then
        return text.matches(given, "-?[0-9]{1,15}(\\.[0-9]{1,6})?") and tonumber(given) or given
    elseif kind == "boolean" and (given == "true" or given == "false") then
        return given == "true"
    end
    return given
end

return shape
