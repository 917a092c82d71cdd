-- SPDX-License-Identifier: Apache-2.0
-- widget: how each type of field is drawn (part, input, mode, fill, width) and how it is posted. What a value must be like
-- says lib/field. Pure.
local widget = {}

local types = {
    text = { part = "input", input = "text" },
    name = { part = "input", input = "text", width = "20", fill = "name" },
    tel = { part = "input", input = "tel", width = "20", fill = "tel" },
    mobile = { part = "input", input = "tel", width = "20", fill = "tel" },
    email = { part = "input", input = "email", width = "30", fill = "email" },
    number = { part = "input", input = "text", mode = "numeric", width = "10" },
    idcard = { part = "input", input = "text", width = "20", code = true },
    uscc = { part = "input", input = "text", width = "20", code = true },
    orgcode = { part = "input", input = "text", width = "20", code = true },
    reference = { part = "input", input = "text", width = "30", mode = "numeric" },
    user_name = { part = "input", input = "text", width = "20" },
    postcode = { part = "input", input = "text", mode = "numeric", width = "10", fill = "postal-code" },
    textarea = { part = "textarea" },
    password = { part = "password" },
    date = { part = "date" },
    radio = { part = "radio" },
    select = { part = "select" },
    checkbox = { part = "checkbox", many = true },
    region = { part = "region", selects = true },
    file = { part = "file", upload = true },
    consent = { part = "consent" },
    readonly = { part = "readonly", given = true },
}

-- The kind of a field; raises when a declaration names none of the set.
function widget.of(field)
    return types[field.type] or fail("E_SCRIPT", string.format("字段 %s 的类型 %s 不存在", field.id, tostring(field.type)))
end

return widget
