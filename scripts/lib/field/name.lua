-- SPDX-License-Identifier: Apache-2.0
-- name: a person's name as it stands on the document: Chinese characters with the rare ones and 〇, the middle dot of
-- minority names, Latin letters. Nothing else, so that print, certificate and face check can carry it.
local common = use "lib/field/common"

-- Han ideographs, all extensions, compatibility forms, and 〇.
local han = { { 0x3007, 0x3007 }, { 0x3400, 0x4dbf }, { 0x4e00, 0x9fff }, { 0xf900, 0xfaff }, { 0x20000, 0x323af } }
local latin = { { 0x41, 0x5a }, { 0x61, 0x7a }, { 0xc0, 0xd6 }, { 0xd8, 0xf6 }, { 0xf8, 0x24f }, { 0x1e00, 0x1eff } }
local dots = { "•", "‧", "・", "･", "∙", "⋅", "●", "．", "﹒" }

local function is_han(code)
    return common.is_in(han, code)
end

-- Every spelling of the middle dot becomes U+00B7; spaces around it and between Chinese characters go.
local function normalise(value)
    if string.find(value, "[\226\227\239]") then -- how all of them begin
        for _, dot in ipairs(dots) do
            value = string.gsub(value, dot, "·")
        end
    end
    value = string.gsub(value, "[ \t\r\n]+", " ")
    value = string.gsub(value, " ?· ?", "·")
    value = string.gsub(value, "([\228-\240][\128-\191]+) ", "%1")
    if not string.find(value, "%a") then
        value = string.gsub(value, "%.", "·")
    end
    return value
end

local function check(value, field)
    value = normalise(value)
    local last
    for _, code in utf8.codes(value) do
        local is_mark = code == 0xb7 or code == 0x20 or code == 0x27 or code == 0x2d or code == 0x2e
        if not is_mark and not is_han(code) and not common.is_in(latin, code) then
            return nil, "characters", field.label .. "只能是汉字、字母和间隔号“·”，请与证件一致，不加称谓和标点"
        elseif is_mark and (last == nil or last == code) then
            return nil, "characters", field.label .. "中的间隔号或空格位置不对"
        end
        last = code
    end
    local length = text.length(value)
    if last == 0xb7 or last == 0x2d or last == 0x27 then
        return nil, "characters", field.label .. "中的间隔号位置不对"
    elseif length < 2 then
        return nil, "too_short", field.label .. "至少 2 个字，请与证件一致"
    elseif length > (field.max or 50) then
        return nil, "too_long", string.format("%s不能超过 %d 个字", field.label, field.max or 50)
    end
    return value
end

return { types = { name = { check = check } } }
