-- SPDX-License-Identifier: Apache-2.0
-- postcode: six digits.
local common = use "lib/field/common"

local function check(value, field)
    value = common.compact(value)
    if not string.find(value, "^%d%d%d%d%d%d$") or value == "000000" then
        return nil, "format", field.label .. "应为 6 位数字，例如 410000"
    end
    return value
end

return { types = { postcode = { check = check } } }
