-- SPDX-License-Identifier: Apache-2.0
-- common: what every type of field does first: valid UTF-8, half-width forms, no character that cannot be seen.
local common = {}

local BYTES_MAX = 8192

-- Ranges of code points that are invisible, turn the writing direction, or mean nothing.
local hidden = {
    { 0x00, 0x08 }, { 0x0b, 0x1f }, { 0x7f, 0x9f }, { 0xad, 0xad }, { 0x61c, 0x61c }, { 0x180e, 0x180e }, { 0x200b, 0x200f },
    { 0x2028, 0x202e }, { 0x2060, 0x206f }, { 0xfe00, 0xfe0f }, { 0xfeff, 0xfeff }, { 0xfff0, 0xffff }, { 0xe0000, 0xe0fff },
}
local private = { { 0xe000, 0xf8ff }, { 0xf0000, 0x10ffff } }

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
    for _, code in utf8.codes(value) do
        local is_plain = code >= 0x20 and code < 0x7f or code >= 0x2070 and code < 0xe000 or code == 0x09 or code == 0x0a or code == 0x0d
        if not is_plain then
            if code < 0x20 or common.is_in(hidden, code) then
                return "hidden"
            elseif common.is_in(private, code) then
                return "private"
            end
        end
    end
    return nil
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
