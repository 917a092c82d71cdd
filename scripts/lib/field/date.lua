-- SPDX-License-Identifier: Apache-2.0
-- date: any usual way of writing a day becomes 2026-11-22. min and max are days or "today".
local dates = use "lib/dates"

local function bound(limit, ctx)
    return limit == "today" and ctx.today or limit ~= "today" and limit or nil
end

local function check(value, field, ctx)
    local date = dates.parse(value)
    if not date then
        return nil, "format", field.label .. "应为日期，例如 2026-11-22、20261122 或 2026年11月22日"
    end
    local min, max = bound(field.min, ctx), bound(field.max, ctx)
    if min and date < min then
        return nil, "too_early", field.label .. "不能早于 " .. dates.text(min)
    elseif max and date > max then
        return nil, "too_late", field.label .. "不能晚于 " .. dates.text(max)
    end
    return date
end

return { types = { date = { check = check } } }
