-- SPDX-License-Identifier: Apache-2.0
-- calendar: days off and worked weekends, years that are missing; the overlay of regions.
local dates = use "lib/dates"
local rules = use "lib/business/rules"

local check = {}

local STANDS = { announced = true, provisional = true }

local function check_days(out, calendar)
    for _, name in ipairs { "holidays", "workdays" } do
        for date in pairs(calendar[name]) do
            if not dates.split(date) then
                out:wrong("calendar", name .. "." .. tostring(date), "不是日期：" .. tostring(date))
            elseif name == "workdays" and (calendar.holidays[date] or dates.weekday(date) <= 5) then
                out:doubtful("calendar", name .. "." .. date, "调休上班日应是周末，且不能同时是假日")
            elseif not calendar.years[string.sub(date, 1, 4)] then
                out:doubtful("calendar", name .. "." .. date, "years 中没有 " .. string.sub(date, 1, 4) .. " 年")
            end
        end
    end
end

-- The years that must be known: those declared, those between, this and the next.
local function years_of(calendar, today)
    local this = math.tointeger(tonumber(string.sub(today, 1, 4)))
    local first, last = this, this + 1
    for year in pairs(calendar.years) do
        local n = math.tointeger(tonumber(year))
        first, last = n and math.min(first, n) or first, n and math.max(last, n) or last
    end
    return first, last
end

local function check_years(out, calendar, today)
    local have = {}
    for date in pairs(calendar.holidays) do
        have[string.sub(tostring(date), 1, 4)] = true
    end
    for year, standing in pairs(calendar.years) do
        out:known("calendar", "years." .. tostring(year), standing, STANDS, "年份状态")
    end
    local first, last = years_of(calendar, today)
    for n = first, math.min(last, first + 50) do
        local year = tostring(n)
        if not have[year] then
            out:doubtful("calendar", calendar.years[year] and "years." .. year or "years", "缺少 " .. year .. " 年的节假日")
        end
    end
end

function check.run(out, r, today)
    local calendar = rules.read(r, "calendar")
    if not out:shape("calendar", "", calendar, { holidays = "table!", workdays = "table!", years = "table!" }) then
        return
    end
    check_days(out, calendar)
    check_years(out, calendar, today)
end

-- check.regions(out, r): the overlay names codes of two, four or six digits
function check.regions(out, r)
    local overlay = rules.read(r, "regions")
    out:shape("regions", "", overlay, { added = "table!", renamed = "table!", closed = "table!" })
    for _, name in ipairs { "added", "renamed", "closed" } do
        for code in pairs(overlay[name] or {}) do
            if not text.matches(tostring(code), "[0-9]{2}([0-9]{2}){0,2}") then
                out:wrong("regions", name .. "." .. tostring(code), "行政区划代码应为 2、4 或 6 位数字")
            end
        end
    end
end

return check
