-- SPDX-License-Identifier: Apache-2.0
-- edit: what of an application may be changed now (C28): all of a draft; before payment all; after payment all but what bears
-- a price; once a reviewer has it, only what was returned.
local fact = use "system/service/fact"
local flow = use "system/service/flow"
local live = use "system/service/live"

local edit = {}

local function none(sentence)
    return { any = false, sentence = sentence, open = function() return false end }
end

local function only_returned(row)
    local open = {}
    for _, item in ipairs(fact.returned(row)) do
        open[item] = true
    end
    return { any = true, part = true, open = function(field)
        return open["field:" .. field.id] == true or field.derive ~= nil and open["field:" .. (field.derive.from or "")] == true
    end }
end

-- edit.of(row) -> { any, part, sentence, open(field) -> boolean }
function edit.of(row)
    local b = live.rules_of(row)
    if b:flow(row.kind).start == row.state then
        return { any = true, open = function() return true end }
    elseif not flow.knows(row, "changed", "applicant", b) then
        return none("申请已是“" .. b:state(row.kind, row.state).label .. "”，不能再修改")
    elseif #fact.returned(row) > 0 then
        return only_returned(row)
    end
    local ok, sentence = flow.allows(row, "changed", "applicant")
    if not ok then
        return none(sentence)
    end
    local paid = fact.of(nil, row, "applicant", nil, b).paid
    return { any = true, part = paid, open = function(field) return not (paid and field.feeds.price) end }
end

return edit
