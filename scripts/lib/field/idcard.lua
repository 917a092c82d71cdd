-- SPDX-License-Identifier: Apache-2.0
-- idcard: citizen identity number, GB 11643-1999: region, birth date, order (odd: male), check digit mod 11-2.
local common = use "lib/field/common"
local dates = use "lib/dates"

local WEIGHTS = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 }
local CHECKS = "10X98765432"

-- Provinces, and 81 to 83 of the residence permits.
local provinces = { ["11"] = true, ["12"] = true, ["13"] = true, ["14"] = true, ["15"] = true, ["21"] = true, ["22"] = true,
    ["23"] = true, ["31"] = true, ["32"] = true, ["33"] = true, ["34"] = true, ["35"] = true, ["36"] = true, ["37"] = true,
    ["41"] = true, ["42"] = true, ["43"] = true, ["44"] = true, ["45"] = true, ["46"] = true, ["50"] = true, ["51"] = true,
    ["52"] = true, ["53"] = true, ["54"] = true, ["61"] = true, ["62"] = true, ["63"] = true, ["64"] = true, ["65"] = true,
    ["71"] = true, ["81"] = true, ["82"] = true, ["83"] = true }

local idcard = {}

-- The check digit of 17 digits.
function idcard.check_digit(digits)
    local sum = 0
    for i, weight in ipairs(WEIGHTS) do
        sum = sum + (string.byte(digits, i) - 48) * weight
    end
    local at = sum % 11 + 1
    return string.sub(CHECKS, at, at)
end

local function birth_of(value)
    return dates.of(tonumber(string.sub(value, 7, 10)), tonumber(string.sub(value, 11, 12)), tonumber(string.sub(value, 13, 14)))
end

local function check(value, field, ctx)
    value = string.upper(common.compact(value))
    if string.find(value, "^%d+$") and #value == 15 then
        return nil, "old", field.label .. "是 15 位旧号码，请填写新证件上的 18 位号码"
    elseif not string.find(value, "^%d%d%d%d%d%d%d%d%d%d%d%d%d%d%d%d%d[%dX]$") then
        return nil, "format", field.label .. "应为 18 位，最后一位可以是 X"
    end
    local birth = birth_of(value)
    if not provinces[string.sub(value, 1, 2)] then
        return nil, "region", field.label .. "的前 6 位地区码不存在，请核对"
    elseif not birth or birth < "1900-01-01" or (ctx.today and birth > ctx.today) then
        return nil, "birth", field.label .. "中的出生日期不存在，请核对第 7 至 14 位"
    elseif idcard.check_digit(value) ~= string.sub(value, 18) then
        return nil, "check_digit", field.label .. "有误，请逐位核对（校验位不符）"
    end
    return value, nil, nil, { birth = birth, sex = tonumber(string.sub(value, 17, 17)) % 2 == 1 and "male" or "female" }
end

idcard.types = { idcard = { check = check } }

return idcard
