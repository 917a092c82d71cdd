-- SPDX-License-Identifier: Apache-2.0
-- braces: texts with {name}, {a.b.c} and {name|filter}. Filters: yuan, capitals, date, grouped.
local dates = use "lib/dates"
local money = use "lib/money"

local braces = {}

braces.filters = {
    yuan = money.yuan,
    capitals = money.capitals,
    date = dates.text,
    grouped = function(number)
        return (string.gsub(string.gsub(number, "(%d%d%d%d)", "%1 "), " $", ""))
    end,
}

-- Calls f(name, filter or nil) for every pair of braces.
function braces.each(template, f)
    for inner in string.gmatch(template, "{([^{}]*)}") do
        local name, filter = string.match(inner, "^([%w_.]+)|?([%w_]*)$")
        f(name or inner, filter ~= "" and filter or nil)
    end
end

-- The value at dotted names, or nil.
function braces.at(facts, path)
    if facts[path] ~= nil then
        return facts[path]
    end
    local value = facts
    for name in string.gmatch(path, "[^.]+") do
        if type(value) ~= "table" then
            return nil
        end
        value = value[name]
    end
    return value
end

-- lookup(name) -> value; a missing one is E_INVALID, so that no message leaves with a hole in it.
function braces.fill(template, lookup)
    return (string.gsub(template, "{([%w_.]+)|?([%w_]*)}", function(name, filter)
        local value = lookup(name)
        if value == nil then
            fail("E_INVALID", "no value for {" .. name .. "} in: " .. template)
        end
        if filter ~= "" then
            value = braces.filters[filter](value)
        end
        if type(value) == "table" then
            value = table.concat(value, "、")
        end
        return (string.gsub(tostring(value), "[\r\n]+", " "))
    end))
end

return braces
