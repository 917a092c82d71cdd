-- SPDX-License-Identifier: Apache-2.0
-- forms: every field of every form: type, choices, tests, what it is derived from.
local field = use "lib/field"
local forms = use "lib/business/forms"
local rules = use "lib/business/rules"

local check = {}

local FIELD = { id = "text!", type = "text!", label = "text!", hint = "text", link = "table", required = "boolean", min = "any", max = "any",
    autocomplete = "text", options = "list", options_from = "text", document_of = "text", kind_of = "text", default = "text",
    visible_when = "table", required_when = "table", derive = "table", pattern = "text", message = "text", compact = "boolean",
    feeds = "list", levels = "integer", mask = "boolean", secret = "boolean", propose = "text", prefill = "text" }
local SECTION = { id = "text!", title = "text!", heading = "text", fields = "list!", prices = "boolean", check = "boolean" }
local FEEDS = { print = true, identity = true, price = true }

local function check_test(out, file, path, test, earlier)
    for name in pairs(test or {}) do
        out:known(file, path .. "." .. name, string.match(name, "^([^.]+)%.") or name, earlier, "条件引用的字段（须在前面声明）")
    end
end

local function check_pattern(out, file, path, pattern)
    local ok, err = pcall(text.matches, "", pattern)
    if not ok then
        out:wrong(file, path, "格式表达式有误：" .. (type(err) == "table" and err.message or tostring(err)))
    end
end

local function check_options(out, file, path, f)
    local kind = field.types[f.type]
    if not f.options then
        return kind.choose and f.type ~= "consent" and out:wrong(file, path, "缺少选项（options 或 options_from）")
    end
    local set = out:unique(file, path .. ".options", f.options, "value")
    for i, option in ipairs(f.options) do
        if type(option) ~= "table" or type(option.value) ~= "string" or type(option.label) ~= "string" then
            out:wrong(file, path .. ".options." .. i, "选项须有 value 和 label，均为文字")
        end
    end
    if f.default then
        out:known(file, path .. ".default", f.default, set, "默认选项")
    end
end

local function check_document(out, file, path, f, earlier)
    if f.type ~= "document" then
        return
    elseif not earlier[f.document_of] then
        return out:wrong(file, path .. ".document_of", "证件类型字段须在前面声明")
    end
    for _, option in ipairs(earlier[f.document_of].options or {}) do
        if option.type then
            out:known(file, path .. ".document_of", option.type, field.types, "证件的字段类型")
        else
            out:wrong(file, path .. ".document_of", "证件类型“" .. tostring(option.label) .. "”没有指定字段类型")
        end
    end
end

local function check_derive(out, file, path, f, earlier)
    local d = f.derive
    if not d then
        return f.type == "readonly" and out:wrong(file, path, "只读字段须说明来源（derive）")
    end
    out:shape(file, path .. ".derive", d, { from = "text", part = "text", when = "table", years = "text" })
    out:known(file, path .. ".derive", d.from or d.years, earlier, "来源字段（须在前面声明）")
    check_test(out, file, path .. ".derive.when", d.when, earlier)
end

-- The fields of every kind's application: a form that kinds share may take what only one of them has.
local function application_fields(r)
    return rules.make(r, "check:application", function()
        local set = {}
        for _, kind in ipairs(rules.read(r, "kinds")) do
            for id in pairs(forms.get(r, kind.id, "form").by_id) do
                set[id] = true
            end
        end
        return set
    end)
end

-- What another form's answers, or a role of kinds.lua, put into the field before anybody writes.
local function check_prefill(out, r, file, path, f, kind)
    local role = f.prefill and string.match(f.prefill, "^@(.+)$")
    if role then
        out:known(file, path .. ".prefill", role, kind.fields, "kinds.lua 的 fields 中，")
    else
        out:known(file, path .. ".prefill", f.prefill, application_fields(r), "申请表的字段")
    end
    if f.kind_of then
        rules.list(r, f.kind_of)
    end
end

local function check_field(out, file, f, earlier)
    local path = "fields." .. tostring(f.id)
    if earlier[f.id] then
        out:wrong(file, path, "字段 id 重复")
    elseif not field.types[f.type] then
        out:wrong(file, path .. ".type", "未知的字段类型“" .. tostring(f.type) .. "”")
        return
    end
    check_options(out, file, path, f)
    check_document(out, file, path, f, earlier)
    check_derive(out, file, path, f, earlier)
    check_test(out, file, path .. ".visible_when", f.visible_when, earlier)
    check_test(out, file, path .. ".required_when", f.required_when, earlier)
    if f.pattern then
        check_pattern(out, file, path .. ".pattern", f.pattern)
    end
    for what in pairs(f.feeds) do
        out:known(file, path .. ".feeds", what, FEEDS, "用途")
    end
end

local function check_form(out, r, kind, which)
    local file = "forms/" .. kind[which]
    local form = forms.get(r, kind.id, which)
    local earlier = {}
    for _, name in ipairs(form.needs) do
        earlier[name] = {}
    end
    out:unique(file, "sections", form.sections, "id")
    for _, f in ipairs(form.order) do
        check_field(out, file, f, earlier)
        out:try(file, check_prefill, out, r, file, "fields." .. tostring(f.id), f, kind)
        earlier[f.id or ""] = f
    end
    for _, f in ipairs(form.order) do
        out:known(file, "fields." .. tostring(f.id) .. ".propose", f.propose, form.by_id, "字段")
    end
end

local function declared_fields(out, file, path, list)
    for i, entry in ipairs(list) do
        if type(entry) == "table" and entry.part then
            out:shape(file, path .. "." .. i, entry, { part = "text!", prefix = "text", set = "table" })
        else
            out:shape(file, path .. "." .. tostring(type(entry) == "table" and entry.id or i), entry, FIELD)
        end
    end
end

local function check_set(out, r, file, section)
    for _, entry in ipairs(section.fields) do
        local part = entry.part and rules.read(r, "forms/parts")[entry.part]
        for id in pairs(part and entry.set or {}) do
            out:known(file, section.id .. "." .. entry.part .. ".set", id, out:unique("forms/parts", entry.part, part, "id"), "公共字段")
        end
    end
end

local function check_declared(out, r, name)
    local form = rules.read(r, name)
    if not out:shape(name, "", form, { name = "text!", title = "text!", submit = "text!", needs = "list", sections = "list!" }) then
        return
    end
    for _, section in ipairs(form.sections or {}) do
        if out:shape(name, "sections." .. tostring(section.id), section, SECTION) then
            declared_fields(out, name, "fields", section.fields or {})
            check_set(out, r, name, section)
        end
    end
end

function check.run(out, r, kinds)
    for part, list in pairs(rules.read(r, "forms/parts")) do
        declared_fields(out, "forms/parts", part, list)
    end
    local seen = {}
    for _, kind in ipairs(kinds) do
        for _, which in ipairs { "form", "delivery", "invoice" } do
            if kind[which] then
                local name = "forms/" .. kind[which]
                if not seen[name] then
                    seen[name] = true
                    out:try(name, check_declared, out, r, name)
                end
                out:try(name, check_form, out, r, kind, which)
            end
        end
    end
end

return check
