-- SPDX-License-Identifier: Apache-2.0
-- names: what a bundle declares and other files refer to, for completion in the editor.
local rules = use "lib/business/rules"

local names = {}

local function add(out, what, label, info)
    out[#out + 1] = { what = what, label = label, info = type(info) == "string" and text.sub(info, 1, 60) or "" }
end

local function add_lists(out, r)
    for name in pairs(rules.read(r, "lists")) do
        add(out, "选项表", "lists." .. name, "")
    end
    for name, value in pairs(rules.read(r, "site")) do
        add(out, "站点信息", "site." .. name, value)
    end
end

local function add_messages(out, r)
    for _, file in ipairs { "messages/sms", "messages/mail" } do
        for id, message in pairs(rules.read(r, file)) do
            add(out, file == "messages/sms" and "短信" or "邮件", id, message.text or message.subject)
        end
    end
end

local function add_fields(out, b, seen)
    for _, kind in ipairs(b:kinds()) do
        for _, f in ipairs(b:form(kind.id).order) do
            if not seen[f.id] then
                seen[f.id] = true
                add(out, "字段", f.id, f.label)
            end
        end
    end
end

-- names.of(b) -> list of { what, label, info }
function names.of(b)
    local out, r = json.array {}, b.r
    for _, kind in ipairs(b:kinds()) do
        add(out, "业务", kind.id, kind.label)
    end
    for _, row in ipairs(rules.read(r, "materials").rows) do
        add(out, "材料", row.id, row.label)
    end
    for _, row in ipairs(rules.read(r, "templates").rows) do
        add(out, "证书模板", row.id, row.label)
    end
    for name, state in pairs(rules.read(r, "flows/parts").states) do
        add(out, "状态", name, state.label)
    end
    for id, item in pairs(rules.read(r, "prices").items) do
        add(out, "计费项目", id, item.label)
    end
    for part in pairs(rules.read(r, "forms/parts")) do
        add(out, "共同的字段", part, "")
    end
    add_lists(out, r)
    add_messages(out, r)
    add_fields(out, b, {})
    return out
end

return names
