-- SPDX-License-Identifier: Apache-2.0
-- say: the facts that messages about a case may name (params in business/messages).
local money = use "lib/money"
local rows = use "lib/business/rules"

local say = {}

local DAY_MS = 24 * 3600 * 1000

-- The day on which the present state ends by itself, in words.
local function until_text(row, b)
    for _, timer in ipairs(b:timers(row.kind, row.state)) do
        if timer.event then
            return time.date(row.since + timer.days * DAY_MS)
        end
    end
    return ""
end

-- "单位信息：单位名称：与单位证件上的名称完全一致": the returned items as lines.
function say.items(row, b)
    local form, out = b:form(row.kind), json.array {}
    local labels = {}
    for _, material in ipairs(b:materials { kind = row.kind, values = row.values, medium = row.medium, delivery = row.delivery.delivery }) do
        labels["material:" .. material.id] = material.label
    end
    for _, one in ipairs(row.returned or {}) do
        local field = form.by_id[string.match(one.item, "^field:(.+)$") or ""]
        local label = field and field.label or labels[one.item] or one.item == "identity" and "身份识别" or one.item
        out[#out + 1] = label .. "：" .. one.reason
    end
    return out
end

local function point_of(row, b)
    return rows.row(b:site().points, row.delivery.point)
end

-- Whether the applicant has to fetch a token that lies ready at the counter.
function say.to_collect(row)
    return row.state == "active" and row.medium == "ukey" and row.delivery.delivery == "onsite" and not row.handed
end

-- say.activated(row, b) -> paragraphs: what is to be done now about a token of a case that is 激活完成
function say.activated(row, b)
    if row.delivery.delivery ~= "onsite" then
        return b:text("activated", {})
    elseif not say.to_collect(row) then
        return b:text("collected", {})
    end
    local point = point_of(row, b) or {}
    return b:text("collect", { number = row.number, point = point.label or "受理点", address = point.address or "", hours = point.hours or "",
        phone = point.phone or "" })
end

local function reason_of(row, extra)
    local first = (row.returned or {})[1]
    return extra.reason ~= nil and extra.reason ~= "" and extra.reason or first and first.reason or row.reason or ""
end

-- say.of(row, b, extra) -> the facts; extra.say replaces single ones
function say.of(row, b, extra)
    local kind = b:kind(row.kind)
    local facts = { number = row.number, kind = kind.label, subject = row.subject, state = b:state(row.kind, row.state).label,
        name = row.values[kind.person .. "_name"] or "", amount = money.yuan(row.total), items = say.items(row, b),
        count = #(row.returned or {}), reason = reason_of(row, extra), ["until"] = until_text(row, b), point = (point_of(row, b) or {}).label or "",
        hours = tostring(b:site().days.phone_link_hours), days = tostring(b:site().days.code) }
    for name, value in pairs(extra.say or {}) do
        facts[name] = value
    end
    return facts
end

return say
