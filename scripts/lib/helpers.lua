-- SPDX-License-Identifier: Apache-2.0
-- helpers: functions that templates call as h.name(…).

-- 1234567 fen -> "12,345.67"
html.helper("money", function(fen)
    local sign = fen < 0 and "-" or ""
    fen = math.abs(fen)
    local yuan = tostring(fen // 100)
    local grouped = string.gsub(string.reverse(yuan), "(%d%d%d)", "%1,")
    grouped = string.gsub(string.reverse(grouped), "^,", "")
    return string.format("%s%s.%02d", sign, grouped, fen % 100)
end)

html.helper("time", time.text)
html.helper("date", time.date)

-- "13800138000" -> "138****8000"
html.helper("phone", function(phone)
    return string.gsub(phone, "^(%d%d%d)%d*(%d%d%d%d)$", "%1****%2")
end)
