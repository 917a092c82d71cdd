-- SPDX-License-Identifier: Apache-2.0
-- number: a whole number between min and max; kept as text, as every value of a form.
local function check(value, field)
    value = string.gsub(value, "[ ,]", "")
    local n = string.find(value, "^%d+$") and #value <= 15 and math.tointeger(tonumber(value))
    if not n then
        return nil, "format", field.label .. "应为整数"
    elseif field.min and n < field.min then
        return nil, "too_small", string.format("%s不能小于 %d", field.label, field.min)
    elseif field.max and n > field.max then
        return nil, "too_big", string.format("%s不能大于 %d", field.label, field.max)
    end
    return tostring(n)
end

return { types = { number = { check = check } } }
