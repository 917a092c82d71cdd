-- SPDX-License-Identifier: Apache-2.0
-- helpers: functions that templates call as h.name(…).
local money = use "lib/money"
local region = use "lib/region"
local widget = use "lib/widget"

-- 1234567 fen -> "12,345.67"
html.helper("money", money.yuan)
html.helper("time", time.text)
html.helper("date", time.date)
html.helper("now", time.now)

-- "13800138000" -> "138****8000"
html.helper("phone", function(phone)
    return string.gsub(phone, "^(%d%d%d)%d*(%d%d%d%d)$", "%1****%2")
end)

-- "430102199001011234" -> "430***********1234"
html.helper("idcard", function(number)
    return string.gsub(number, "^(...)...........(....)$", "%1***********%2")
end)

-- "400 000-0000" -> "4000000000", for tel: links
html.helper("digits", function(value)
    return string.gsub(value, "[^%d+]", "")
end)

-- "20261123…" -> { "2026", "1123", … }
html.helper("fours", function(value)
    local list = {}
    for four in string.gmatch(value, "....") do
        list[#list + 1] = four
    end
    return list
end)

-- 1536000 -> "1.5 MB"
html.helper("bytes", function(n)
    return n < 1024 * 1024 and string.format("%d KB", (n + 1023) // 1024) or string.format("%.1f MB", n / (1024 * 1024))
end)

-- How a field is drawn: lib/widget's row, with what the declaration sets itself.
html.helper("widget", function(field)
    local w = widget.of(field)
    return { input = w.input, mode = w.mode, code = w.code, width = field.width or w.width, fill = field.autocomplete or w.fill }
end)

html.helper("part", function(field)
    return widget.of(field).part
end)

-- The ids of a field's hint and error, for aria-describedby; nil when it has neither.
html.helper("described", function(field, message)
    local ids = (field.hint and field.id .. "-hint" or "") .. (message and " " .. field.id .. "-error" or "")
    return ids ~= "" and text.trim(ids) or nil
end)

html.helper("any_required", function(fields)
    for _, field in ipairs(fields) do
        if field.required then
            return true
        end
    end
    return false
end)

-- The id of the i-th control of a field; the first has the field's own, so that errors lead to it.
html.helper("nth", function(id, i)
    return i == 1 and id or id .. "-" .. i
end)

html.helper("holds", function(list, value)
    for _, v in ipairs(type(list) == "table" and list or {}) do
        if v == value then
            return true
        end
    end
    return false
end)

-- Answers of a few characters stand in one line.
html.helper("is_inline", function(field)
    for _, option in ipairs(field.options) do
        if option.hint or text.length(option.label) > 4 then
            return field.inline == true
        end
    end
    return true
end)

html.helper("region_levels", function(field, value)
    return region.levels(field.tree, value, field.levels or 3)
end)

-- A date picker can show a date only; anything else is given back as text.
html.helper("date_input", function(value)
    return (not value or value == "" or time.parse_date(value)) and "date" or "text"
end)
