-- SPDX-License-Identifier: Apache-2.0
-- when: tests as data: { name = value } or { name = { value, … } }; all names must fit. No test fits always.
local when = {}

local function fits(wanted, value)
    if type(wanted) ~= "table" then
        return wanted == value
    end
    for _, one in ipairs(wanted) do
        if one == value then
            return true
        end
    end
    return false
end

function when.fits(test, facts)
    if not test then
        return true
    end
    for name, wanted in pairs(test) do
        if not fits(wanted, facts[name]) then
            return false
        end
    end
    return true
end

-- The ids of a list whose entries are ids or { id, when }.
function when.ids(list, facts)
    local ids = json.array {}
    for _, entry in ipairs(list or {}) do
        if type(entry) == "string" then
            ids[#ids + 1] = entry
        elseif when.fits(entry.when, facts) then
            ids[#ids + 1] = entry.id
        end
    end
    return ids
end

return when
