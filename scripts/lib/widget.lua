-- SPDX-License-Identifier: Apache-2.0
-- widget: the closed set of kinds of fields. Each says how it is drawn (part, input, mode, fill, width), how what was
-- typed is brought into one form (clean), and what is wrong with it (check -> code, message). Pure.
local identity = use "lib/identity"
local region = use "lib/region"

local widget = {}

local function without(value, pattern)
    local rest = string.gsub(value, pattern, "")
    return rest
end

local function no_space(value)
    return without(value, "%s")
end

local function as_code(value)
    return string.upper(without(value, "[%s%-]"))
end

local function as_phone(value)
    value = without(value, "[%s%(%)%.]")
    value = string.gsub(value, "^%+?0?0?86([1])", "%1")
    return string.find(value, "^1[%d%-]+$") and without(value, "%-") or value
end

-- 20261122, 2026-11-22, 2026/11/22, 2026.11.22 and 2026年11月22日 -> "2026-11-22"; what is no date stays as it is.
local function as_date(value)
    local plain = no_space(value)
    local found = text.capture(plain, "^([0-9]{4})(?:年|-|/|\\.)([0-9]{1,2})(?:月|-|/|\\.)([0-9]{1,2})日?$")
        or text.capture(plain, "^([0-9]{4})([0-9]{2})([0-9]{2})$")
    if not found then
        return value
    end
    return string.format("%s-%02d-%02d", found[1], tonumber(found[2]), tonumber(found[3]))
end

local function check_phone(value, field)
    if text.matches(value, "1[3-9][0-9]{9}") then
        return nil
    end
    if field.mobile and text.matches(value, "0[0-9]{2,3}-?[0-9]{7,8}(-[0-9]{1,6})?") then
        return "format", "此处须填手机号，用于接收短信"
    end
    if field.mobile then
        return "format", field.label .. "应为 11 位手机号，例如 13800138000"
    end
    if not text.matches(value, "0[0-9]{2,3}-?[0-9]{7,8}(-[0-9]{1,6})?|[48]00-?[0-9]{3,4}-?[0-9]{3,4}") then
        return "format", field.label .. "应为手机号或带区号的座机号，例如 0571-87654321"
    end
end

local function check_email(value, field)
    if not text.matches(value, "[A-Za-z0-9._%+-]{1,64}@([A-Za-z0-9-]{1,63}\\.)+[A-Za-z]{2,24}") then
        return "format", field.label .. "格式不对，例如 name@example.cn"
    end
end

local function check_number(value, field)
    if not text.matches(value, "[0-9]{1,15}") then
        return "format", field.label .. "应为数字"
    end
    local n = tonumber(value)
    if n < (field.least or n) or n > (field.most or n) then
        return "range", string.format("%s应在 %d 到 %d 之间", field.label, field.least or 0, field.most or n)
    end
end

local function check_date(value, field)
    if not text.matches(value, "[0-9]{4}-[0-9]{2}-[0-9]{2}") or not time.parse_date(value) then
        return "format", field.label .. "应为日期，例如 2026-11-22"
    end
end

local function check_idcard(value, field)
    if not text.matches(value, "[0-9]{17}[0-9X]") then
        return "format", field.label .. "应为 18 位，末位可以是 X"
    end
    if not identity.is_idcard(value) then
        return "checksum", field.label .. "有误，请对照证件逐位核对"
    end
end

local function check_uscc(value, field)
    if #value ~= 18 then
        return "format", string.format("%s应为 18 位，现有 %d 位", field.label, #value)
    end
    if not identity.is_uscc(value) then
        return "checksum", field.label .. "有误，请对照营业执照逐位核对"
    end
end

-- Names of persons: letters of any script, and the dots and spaces between their parts.
local function check_name(value, field)
    if not text.matches(value, "[\\p{L}\\p{M}]+(?:[ ·•.'’-][\\p{L}\\p{M}]+)*") then
        return "format", field.label .. "只能有文字和间隔号，请与证件一致"
    end
end

local function has_option(field, value)
    for _, option in ipairs(field.options) do
        if option.value == value then
            return true
        end
    end
    return false
end

local function check_option(value, field)
    if not has_option(field, value) then
        return "choice", "请选择" .. field.label
    end
end

local function check_region(value, field)
    if not region.is_leaf(field.tree, value) then
        return "choice", field.label .. "请选到区县一级"
    end
end

local types = {
    text = { part = "input", input = "text" },
    name = { part = "input", input = "text", width = "20", fill = "name", check = check_name },
    tel = { part = "input", input = "tel", width = "20", fill = "tel", clean = as_phone, check = check_phone },
    email = { part = "input", input = "email", width = "30", fill = "email", clean = no_space, check = check_email },
    number = { part = "input", input = "text", mode = "numeric", width = "10", clean = no_space, check = check_number },
    idcard = { part = "input", input = "text", width = "20", code = true, clean = as_code, check = check_idcard },
    uscc = { part = "input", input = "text", width = "20", code = true, clean = as_code, check = check_uscc },
    textarea = { part = "textarea", lines = true },
    password = { part = "password", raw = true },
    date = { part = "date", clean = as_date, check = check_date },
    radio = { part = "radio", choose = true, check = check_option },
    select = { part = "select", choose = true, check = check_option },
    checkbox = { part = "checkbox", choose = true, many = true, check = check_option },
    region = { part = "region", choose = true, selects = true, check = check_region },
    file = { part = "file", upload = true },
    consent = { part = "consent", agree = true },
    readonly = { part = "readonly", given = true },
}

-- The kind of a field; raises when a declaration names none of the set.
function widget.of(field)
    return types[field.type] or fail("E_SCRIPT", string.format("字段 %s 的类型 %s 不存在", field.id, tostring(field.type)))
end

-- What to ask for when a required field is empty.
function widget.missing(field)
    local w = widget.of(field)
    if w.agree then
        return field.missing or "请阅读并勾选：" .. field.label
    end
    local verb = w.upload and "请上传" or w.choose and "请选择" or "请填写"
    return field.missing or verb .. field.label
end

return widget
