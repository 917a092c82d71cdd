-- SPDX-License-Identifier: Apache-2.0
-- common: what every type of field does first: valid UTF-8, half-width forms, no character that cannot be seen.
local common = {}

local BYTES_MAX = 8192

-- Characters that are invisible, turn the writing direction, or mean nothing; and those that each font draws its own way.
local HIDDEN = "[\\x00-\\x08\\x0b\\x0c\\x0e-\\x1f\\x7f-\\x9f\\xad\\x{61c}\\x{180e}\\x{200b}-\\x{200f}\\x{2028}-\\x{202e}\\x{2060}-\\x{206f}"
    .. "\\x{fe00}-\\x{fe0f}\\x{feff}\\x{fff0}-\\x{ffff}\\x{e0000}-\\x{e0fff}]"
local PRIVATE = "[\\x{e000}-\\x{f8ff}\\x{f0000}-\\x{10ffff}]"

function common.is_in(ranges, code)
    for _, range in ipairs(ranges) do
        if code >= range[1] and code <= range[2] then
            return true
        end
    end
    return false
end

local function find_bad(value)
    if not string.find(value, "[\0-\8\11-\31\127-\255]") then
        return nil
    end
    return text.capture(value, HIDDEN) and "hidden" or text.capture(value, PRIVATE) and "private" or nil
end

-- common.clean(value, field) -> text, or nil, code, message
function common.clean(value, field)
    if field.type == "number" and math.type(value) == "integer" then
        value = tostring(value)
    end
    if value == nil or value == json.null then
        return ""
    elseif type(value) ~= "string" then
        return nil, "type", field.label .. "应为文本"
    elseif #value > BYTES_MAX then
        return nil, "too_long", field.label .. "太长"
    elseif not text.length(value) then
        return nil, "encoding", field.label .. "含有无法识别的字符，请重新输入"
    end
    local bad = find_bad(value)
    if bad == "hidden" then
        return nil, "hidden", field.label .. "含有看不见的控制字符，请手工重新输入"
    elseif bad == "private" then
        return nil, "private", field.label .. "含有自造字，其他电脑无法显示，请使用输入法中的标准生僻字"
    end
    return text.normalize(value)
end

-- Without the marks that people put between digits: spaces, hyphens and dashes of all kinds.
function common.compact(value)
    value = string.gsub(value, "[ \t\r\n-]", "")
    if string.find(value, "[\128-\255]") then
        for _, mark in ipairs { "—", "–", "‐", "‑", "‒", "―", "−", "\u{a0}" } do
            value = string.gsub(value, mark, "")
        end
    end
    return value
end

-- text.length against min and max of the field -> true, or nil, code, message
function common.check_length(value, field)
    local length = text.length(value)
    if field.max and length > field.max then
        return nil, "too_long", string.format("%s不能超过 %d 个字，现有 %d 个", field.label, field.max, length)
    elseif field.min and length < field.min then
        return nil, "too_short", string.format("%s至少 %d 个字", field.label, field.min)
    end
    return true
end

return common
