-- SPDX-License-Identifier: Apache-2.0
-- unitcode: unified social credit code (GB 32100-2015, 18 characters, mod 31) and organisation code (GB 11714-1997, 9
-- characters, mod 11).
local common = use "lib/field/common"

local ALPHABET = "0123456789ABCDEFGHJKLMNPQRTUWXY"

local unitcode = {}

local function value_of(character)
    return (string.find(ALPHABET, character, 1, true) or 0) - 1
end

-- The check character of 17 characters.
function unitcode.uscc_check(code)
    local sum, weight = 0, 1
    for i = 1, 17 do
        sum = sum + value_of(string.sub(code, i, i)) * weight
        weight = weight * 3 % 31
    end
    local at = (31 - sum % 31) % 31 + 1
    return string.sub(ALPHABET, at, at)
end

local ORG_WEIGHTS = { 3, 7, 9, 10, 5, 8, 4, 2 }

-- The check character of 8 characters.
function unitcode.org_check(code)
    local sum = 0
    for i, weight in ipairs(ORG_WEIGHTS) do
        local byte = string.byte(code, i)
        sum = sum + (byte <= 57 and byte - 48 or byte - 55) * weight
    end
    local c = 11 - sum % 11
    return c == 10 and "X" or c == 11 and "0" or tostring(c)
end

local function uscc(value, field)
    value = string.upper(common.compact(value))
    if #value ~= 18 then
        return nil, "format", string.format("%s应为 18 位，现有 %d 位", field.label, #value)
    elseif string.find(value, "[^0-9A-Z]") or string.find(value, "[IOSVZ]") then
        return nil, "format", field.label .. "只含数字和大写字母，不会出现 I、O、S、V、Z，请核对"
    elseif not string.find(value, "^[0-9A-Z][0-9A-Z]%d%d%d%d%d%d") then
        return nil, "format", field.label .. "的第 3 至 8 位应为数字（登记机关代码），请核对"
    elseif unitcode.uscc_check(value) ~= string.sub(value, 18) then
        return nil, "check_digit", field.label .. "有误，请逐位核对（校验位不符）"
    end
    return value, nil, nil, { prefix = string.sub(value, 1, 2) }
end

local function orgcode(value, field)
    value = string.upper(common.compact(value))
    if not string.find(value, "^[0-9A-Z][0-9A-Z][0-9A-Z][0-9A-Z][0-9A-Z][0-9A-Z][0-9A-Z][0-9A-Z][0-9X]$") then
        return nil, "format", field.label .. "应为 9 位组织机构代码，例如 12345678-8"
    elseif unitcode.org_check(value) ~= string.sub(value, 9) then
        return nil, "check_digit", field.label .. "有误，请逐位核对（校验位不符）"
    end
    return string.sub(value, 1, 8) .. "-" .. string.sub(value, 9)
end

unitcode.types = {
    uscc = { check = uscc },
    orgcode = { check = orgcode },
}

return unitcode
