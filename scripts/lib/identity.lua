-- SPDX-License-Identifier: Apache-2.0
-- identity: numbers that carry a check digit: resident identity numbers (GB 11643) and unified social credit codes
-- (GB 32100). Pure.
local identity = {}

local ID_WEIGHTS = { 7, 9, 10, 5, 8, 4, 2, 1, 6, 3, 7, 9, 10, 5, 8, 4, 2 }
local ID_CHECKS = "10X98765432"
local USCC_DIGITS = "0123456789ABCDEFGHJKLMNPQRTUWXY"
local USCC_WEIGHTS = { 1, 3, 9, 27, 19, 26, 16, 17, 20, 29, 25, 13, 8, 24, 10, 30, 28 }

-- The birth date in an identity number as "2001-02-03", or nil when there is no such day.
function identity.birth(number)
    local date = string.format("%s-%s-%s", string.sub(number, 7, 10), string.sub(number, 11, 12), string.sub(number, 13, 14))
    return time.parse_date(date) and date or nil
end

-- "男" or "女".
function identity.sex(number)
    return (string.byte(number, 17) - 48) % 2 == 1 and "男" or "女"
end

function identity.is_idcard(number)
    if not text.matches(number, "[1-9][0-9]{16}[0-9X]") or not identity.birth(number) then
        return false
    end
    local sum = 0
    for i, weight in ipairs(ID_WEIGHTS) do
        sum = sum + (string.byte(number, i) - 48) * weight
    end
    local at = sum % 11 + 1
    return string.sub(ID_CHECKS, at, at) == string.sub(number, 18, 18)
end

function identity.is_uscc(code)
    if not text.matches(code, "[0-9A-HJ-NPQRTUWXY]{2}[0-9]{6}[0-9A-HJ-NPQRTUWXY]{10}") then
        return false
    end
    local sum = 0
    for i, weight in ipairs(USCC_WEIGHTS) do
        sum = sum + (string.find(USCC_DIGITS, string.sub(code, i, i), 1, true) - 1) * weight
    end
    local at = (31 - sum % 31) % 31 + 1
    return string.sub(USCC_DIGITS, at, at) == string.sub(code, 18, 18)
end

return identity
