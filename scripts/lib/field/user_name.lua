-- SPDX-License-Identifier: Apache-2.0
-- user_name: the name of one certificate: letters and digits, at most 12; compared without case.
local common = use "lib/field/common"

local function check(value, field)
    value = common.compact(value)
    if not string.find(value, "^%w+$") then
        return nil, "characters", field.label .. "只能由字母和数字组成"
    elseif #value > 12 then
        return nil, "too_long", string.format("%s不能超过 12 位，现有 %d 位", field.label, #value)
    elseif #value < 2 then
        return nil, "too_short", field.label .. "至少 2 位"
    end
    return value, nil, nil, { key = string.lower(value) }
end

return { types = { user_name = { check = check } } }
