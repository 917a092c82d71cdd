-- SPDX-License-Identifier: Apache-2.0
-- reference: 业务受理号 (C7): yyyymmdd, eleven digits, one check digit (ISO 7064 MOD 11,10). Accepted with and without the
-- CA's prefix, spaces and hyphens. It carries no authority.
local common = use "lib/field/common"
local dates = use "lib/dates"

local reference = {}

-- The check digit of the digits before it.
local function check_digit(digits)
    local p = 10
    for i = 1, #digits do
        local s = (p + string.byte(digits, i) - 48) % 10
        p = (s == 0 and 10 or s) * 2 % 11
    end
    return (11 - p) % 10
end

-- reference.make("2026-11-24", 17) -> "20261124000000000173"
function reference.make(date, number)
    local digits = string.gsub(date, "-", "") .. string.format("%011d", number)
    if #digits ~= 19 then
        fail("E_INVALID", "reference: the number has more than eleven digits")
    end
    return digits .. check_digit(digits)
end

local function check(value, field)
    value = string.gsub(common.compact(value), "^%a+", "")
    if not string.find(value, "^%d+$") or #value ~= 20 then
        return nil, "format", field.label .. "应为 20 位数字，可在确认页、短信和受理表上找到"
    elseif not dates.of(tonumber(string.sub(value, 1, 4)), tonumber(string.sub(value, 5, 6)), tonumber(string.sub(value, 7, 8)))
        or check_digit(string.sub(value, 1, 19)) ~= tonumber(string.sub(value, 20)) then
        return nil, "check_digit", field.label .. "有误，请逐位核对"
    end
    return value
end

reference.types = { reference = { check = check } }

return reference
