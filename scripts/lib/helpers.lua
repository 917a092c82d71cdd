-- SPDX-License-Identifier: Apache-2.0
-- helpers: functions that templates call as h.name(…).
local money = use "lib/money"

-- 1234567 fen -> "12,345.67"
html.helper("money", money.yuan)
html.helper("time", time.text)
html.helper("date", time.date)

-- "13800138000" -> "138****8000"
html.helper("phone", function(phone)
    return string.gsub(phone, "^(%d%d%d)%d*(%d%d%d%d)$", "%1****%2")
end)
