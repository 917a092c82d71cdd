-- SPDX-License-Identifier: Apache-2.0
-- phone: mobile numbers of the mainland, and any number that can be called (landline with area code, 400, 800).
local common = use "lib/field/common"

local MOBILE = "^1[3-9]%d%d%d%d%d%d%d%d%d$"

local function without_country(digits)
    for _, prefix in ipairs { "^%+86", "^0086", "^86" } do
        local rest, n = string.gsub(digits, prefix, "")
        if n == 1 and string.find(rest, "^1%d%d%d%d%d%d%d%d%d%d$") then
            return rest
        end
    end
    return digits
end

local function mobile(value, field)
    local digits = without_country(common.compact(value))
    if string.find(digits, MOBILE) then
        return digits
    elseif string.find(digits, "^0%d%d%d%d%d%d%d%d%d+$") or string.find(digits, "^[48]00%d+$") then
        return nil, "not_mobile", field.label .. "：此处须填手机号，用于接收短信"
    end
    return nil, "format", field.label .. "应为 11 位数字，例如 13800138000"
end

-- "(0731) 8888-7777 转 12" -> area, number, extension; nil when it is none
local function split_landline(value)
    value = string.gsub(value, "[ ()]", "")
    value = string.gsub(value, "转", "x")
    value = string.gsub(value, "[—–−]", "-")
    local number, extension = string.match(value, "^([%d-]+)x(%d%d?%d?%d?%d?%d?)$")
    number = number or value
    local area, rest = string.match(number, "^(0[12]%d?)%-?([%d-]+)$")
    if not area or #area ~= 3 then
        area, rest = string.match(number, "^(0[3-9]%d%d)%-?([%d-]+)$")
    end
    if not area then
        return nil
    end
    local tail = string.match(rest, "^%d%d%d%d%d%d%d%d?%-(%d%d?%d?%d?%d?)$")
    if tail and not extension and not string.find(rest, "^%d%d%d%d%-") then
        rest, extension = string.match(rest, "^(%d+)%-"), tail
    end
    rest = string.gsub(rest, "-", "")
    if not string.find(rest, "^[1-9]%d%d%d%d%d%d%d?$") then
        return nil
    end
    return area, rest, extension
end

local function tel(value, field)
    local digits = without_country(common.compact(value))
    if string.find(digits, MOBILE) then
        return digits
    elseif string.find(digits, "^[48]00%d%d%d%d%d%d%d$") then
        return string.sub(digits, 1, 3) .. "-" .. string.sub(digits, 4, 6) .. "-" .. string.sub(digits, 7)
    end
    local area, number, extension = split_landline(value)
    if not area then
        return nil, "format", field.label .. "应为手机号码或带区号的固定电话，例如 0731-88888888"
    end
    return area .. "-" .. number .. (extension and ("-" .. extension) or "")
end

return {
    types = {
        mobile = { check = mobile },
        tel = { check = tel },
    },
    -- "13800138000" -> "138 0013 8000": how a number is shown where it must be read with care
    grouped = function(digits)
        return (string.gsub(digits, "^(%d%d%d)(%d%d%d%d)(%d%d%d%d)$", "%1 %2 %3"))
    end,
}
