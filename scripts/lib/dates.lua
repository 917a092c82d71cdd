-- SPDX-License-Identifier: Apache-2.0
-- dates: arithmetic on calendar days written "2026-11-22". Pure; knows no clock.
local dates = {}

local MONTHS = { 31, 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31 }

local function is_leap(year)
    return year % 4 == 0 and (year % 100 ~= 0 or year % 400 == 0)
end

local function days_in(year, month)
    return month == 2 and is_leap(year) and 29 or MONTHS[month]
end

-- The day of its parts, or nil when there is none.
function dates.of(year, month, day)
    if year < 1 or year > 9999 or month < 1 or month > 12 or day < 1 or day > days_in(year, month) then
        return nil
    end
    return string.format("%04d-%02d-%02d", year, month, day)
end

-- "2026-11-22" -> 2026, 11, 22; nil when there is no such day
function dates.split(date)
    local y, m, d = string.match(date, "^(%d%d%d%d)%-(%d%d)%-(%d%d)$")
    if not y then
        return nil
    end
    y, m, d = tonumber(y), tonumber(m), tonumber(d)
    if not dates.of(y, m, d) then
        return nil
    end
    return y, m, d
end

-- What people write: 20261122, 2026-11-22, 2026/11/2, 2026.11.2, 2026年11月22日 -> "2026-11-22", or nil
function dates.parse(value)
    value = string.gsub(value, "[ \t]", "")
    local y, m, d = string.match(value, "^(%d%d%d%d)(%d%d)(%d%d)$")
    if not y then
        y, m, d = string.match(value, "^(%d%d%d%d)[-/.](%d%d?)[-/.](%d%d?)$")
    end
    if not y then
        y, m, d = string.match(value, "^(%d%d%d%d)年(%d%d?)月(%d%d?)日?$")
    end
    return y and dates.of(tonumber(y), tonumber(m), tonumber(d))
end

-- Days since 0000-03-01, the proleptic Gregorian way.
local function number_of(date)
    local y, m, d = dates.split(date)
    if not y then
        error("no such day: " .. tostring(date), 3)
    end
    if m <= 2 then
        y, m = y - 1, m + 12
    end
    return 365 * y + y // 4 - y // 100 + y // 400 + (153 * (m - 3) + 2) // 5 + d - 1
end

local function of_number(n)
    local era = n // 146097
    local doe = n - era * 146097
    local yoe = (doe - doe // 1460 + doe // 36524 - doe // 146096) // 365
    local doy = doe - (365 * yoe + yoe // 4 - yoe // 100)
    local mp = (5 * doy + 2) // 153
    local d, m = doy - (153 * mp + 2) // 5 + 1, mp < 10 and mp + 3 or mp - 9
    return dates.of(era * 400 + yoe + (m <= 2 and 1 or 0), m, d)
end

function dates.add_days(date, n)
    return of_number(number_of(date) + n)
end

-- The same day n years later; 29 February becomes 28 February.
function dates.add_years(date, n)
    local y, m, d = dates.split(date)
    return dates.of(y + n, m, math.min(d, days_in(y + n, m)))
end

-- Days from a to b.
function dates.between(a, b)
    return number_of(b) - number_of(a)
end

-- 1 is Monday.
function dates.weekday(date)
    return (number_of(date) + 2) % 7 + 1
end

-- "2026-11-22" -> "2026年11月22日"
function dates.text(date)
    local y, m, d = dates.split(date)
    return y and string.format("%d年%d月%d日", y, m, d) or date
end

return dates
