-- SPDX-License-Identifier: Apache-2.0
-- field: the closed set of field types, and what a value of each must be like; lib/widget draws them under the same names.
-- Each type has { check, choose, list, raw }; check(value, field, ctx) gives the clean value, nothing, nothing, and what
-- follows from it (birth date …), or nil, a code and a sentence.
--
-- Types whose value comes from elsewhere: `document` takes the type of the chosen document (forms.lua resolves it),
-- `readonly` is derived, `file` is a material.
--
-- Codes, the same for page and API: missing type encoding hidden private too_long too_short lines format characters
-- not_mobile too_early too_late old region birth check_digit incomplete choice closed too_small too_big weak.
local common = use "lib/field/common"

local field = { types = {} }

for _, family in ipairs { use "lib/field/text", use "lib/field/name", use "lib/field/phone", use "lib/field/email",
    use "lib/field/postcode", use "lib/field/date", use "lib/field/idcard", use "lib/field/unitcode", use "lib/field/region",
    use "lib/field/user_name", use "lib/field/choice", use "lib/field/number", use "lib/field/password", use "lib/field/reference" } do
    for name, type_ in pairs(family.types) do
        field.types[name] = type_
    end
end
field.types.document = { resolved = true }
field.types.readonly = { derived = true }
field.types.file = { derived = true }

local empty_regions = { added = {}, renamed = {}, closed = {} }

local function missing(decl, kind)
    local verb = kind.consent and "请阅读并勾选：" or (kind.choose or decl.type == "region") and "请选择" or "请填写"
    return nil, "missing", verb .. decl.label
end

-- field.check(decl, value, ctx) -> clean value ("" when empty and not required), code, message, parts
-- ctx: { today, regions, words }, all optional; decl.required says whether "" is an error.
function field.check(decl, value, ctx)
    local kind = field.types[decl.type]
    ctx = ctx or {}
    ctx.regions = ctx.regions or empty_regions
    if kind.raw then
        return kind.check(value, decl, ctx)
    end
    if not (kind.list and type(value) == "table") then
        local clean, code, message = common.clean(value, decl)
        if not clean then
            return nil, code, message
        end
        value = clean
    end
    if value == "" or (type(value) == "table" and #value == 0) then
        if decl.required then
            return missing(decl, kind)
        end
        return kind.list and json.array {} or ""
    end
    return kind.check(value, decl, ctx)
end

return field
