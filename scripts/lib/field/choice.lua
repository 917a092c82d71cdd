-- SPDX-License-Identifier: Apache-2.0
-- choice: one or several of the field's options, and consent.
local LIST_MAX = 50

local function option_of(field, value)
    for _, option in ipairs(field.options or {}) do
        if option.value == value then
            return option
        end
    end
    return nil
end

local function one(value, field)
    if not option_of(field, value) then
        return nil, "choice", "请选择" .. field.label
    end
    return value
end

-- Takes a list, or one text; gives a list in the order of the options.
local function several(value, field)
    local given, clean = {}, json.array {}
    local list = type(value) == "table" and value or { value }
    if #list > LIST_MAX then
        return nil, "choice", "请重新选择" .. field.label
    end
    for _, v in ipairs(list) do
        if type(v) ~= "string" or not option_of(field, v) then
            return nil, "choice", "请重新选择" .. field.label
        end
        given[v] = true
    end
    for _, option in ipairs(field.options) do
        if given[option.value] then
            clean[#clean + 1] = option.value
        end
    end
    return clean
end

local function consent(value, field)
    if value ~= "yes" then
        return nil, "missing", "请阅读并勾选：" .. field.label
    end
    return "yes"
end

return {
    option_of = option_of,
    types = {
        radio = { check = one, choose = true },
        select = { check = one, choose = true },
        checkbox = { check = several, choose = true, list = true },
        consent = { check = consent, choose = true, consent = true },
    },
}
