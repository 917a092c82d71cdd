-- SPDX-License-Identifier: Apache-2.0
-- tables: kinds, lists, materials, templates: their shapes and the ids they name.
local field = use "lib/field"
local forms = use "lib/business/forms"
local rules = use "lib/business/rules"

local check = {}

local KIND = { id = "text!", label = "text!", title = "text!", type = "text!", subject = "text!", menu = "table!", flow = "text!",
    form = "text!", delivery = "text!", invoice = "text!", templates = "list!", guide = "text!", agreement = "text!", prints = "list!",
    person = "text!", fields = "table!", suspend = "any" }
local MATERIAL = { id = "text!", label = "text!", hint = "text!", kinds = "list!", when = "table", required = "boolean!",
    upload = "boolean", on = "boolean", paper = "any", limit = "integer", formats = "list", dpi = "integer", dpi_strict = "boolean", long_side = "integer",
    printed = "table", blank = "table", same_as = "text", same_when = "table" }
local TEMPLATE = { id = "text!", label = "text!", subject_type = "text!", issued = "boolean!", algorithm = "text!",
    pair = "boolean!", media = "list!", max_years = "integer!", usage = "list!", extended = "list", subject = "list!" }
local FORMATS = { jpeg = true, png = true, bmp = true }
local PAPER = { original = true, copy = true, [false] = true }
local CORE_LIMIT = 16 * 1048576

local function set_of(list, key)
    local set = {}
    for _, row in ipairs(list) do
        set[row[key]] = row
    end
    return set
end

-- The answers of the guide's typical case, and of those that need more, are answers of the form.
local function check_guide(out, r, kind, by_id)
    local guide = rules.read(r, "content/guides")[kind.guide] or {}
    local asked = { guide.typical or {} }
    for i, more in ipairs(guide.more or {}) do
        asked[i + 1] = more.values or {}
    end
    for _, values in ipairs(asked) do
        for name in pairs(values) do
            out:known("content/guides", tostring(kind.guide), name, by_id, kind.label .. "的表单中，字段")
        end
    end
end

local function check_kind(out, r, kind, path, ids)
    out:known("kinds", path .. ".type", kind.type, set_of(rules.list(r, "lists.business_types"), "value"), "业务类型")
    out:known("kinds", path .. ".subject", kind.subject, set_of(rules.list(r, "lists.certificate_types"), "value"), "证书类型")
    out:known("kinds", path .. ".guide", kind.guide, rules.read(r, "content/guides"), "办事指南")
    for _, id in ipairs(kind.templates or {}) do
        out:known("kinds", path .. ".templates", id, ids.templates, "证书模板")
    end
    for _, id in ipairs(kind.prints or {}) do
        out:known("kinds", path .. ".prints", "print/" .. id, ids.files, "打印件")
    end
    out:known("kinds", path .. ".agreement", "content/" .. tostring(kind.agreement), ids.files, "协议")
    local by_id = forms.get(r, kind.id, "form").by_id
    for name, id in pairs(kind.fields or {}) do
        for _, one in ipairs(type(id) == "table" and id or { id }) do
            out:known("kinds", path .. ".fields." .. name, one, by_id, "字段")
        end
    end
    out:known("kinds", path .. ".person", tostring(kind.person) .. "_name", by_id, "身份识别的字段")
    out:shape("kinds", path .. ".menu", kind.menu, { group = "text!", label = "text!", order = "integer!" })
    check_guide(out, r, kind, by_id)
    if kind.suspend then
        out:shape("kinds", path .. ".suspend", kind.suspend, { from = "date!", to = "date!", text = "text!" })
    end
end

local function check_kinds(out, r, kinds, ids)
    for i, kind in ipairs(kinds) do
        local path = tostring(kind.id or i)
        if out:shape("kinds", path, kind, KIND) then
            for _, which in ipairs { "form", "delivery", "invoice" } do
                out:known("kinds", path .. "." .. which, "forms/" .. tostring(kind[which]), ids.files, "表单")
            end
            out:known("kinds", path .. ".flow", "flows/" .. tostring(kind.flow), ids.files, "流程")
            out:try("kinds", check_kind, out, r, kind, path, ids)
        end
    end
end

local function check_lists(out, r)
    for name, list in pairs(rules.read(r, "lists")) do
        local rows = type(list) == "table" and list or {}
        out:unique("lists", name, rows, "value")
        for i, row in ipairs(rows) do
            if type(row) ~= "table" or type(row.value) ~= "string" or type(row.label) ~= "string" then
                out:wrong("lists", name .. "." .. i, "每一行须有 value 和 label，均为文字")
            elseif row.type then
                out:known("lists", name .. "." .. i, row.type, field.types, "字段类型")
            end
        end
    end
end

-- Values that may be one for all kinds or { kind = value }.
local function each_kind(value, kinds, f)
    for _, id in ipairs(kinds) do
        local one = value
        if type(value) == "table" then
            one = value[id]
        end
        f(id, one)
    end
end

-- A test may name fields of any of the row's kinds.
local function check_material_tests(out, r, row, path, ids)
    local known = { kind = true, medium = true, delivery = true }
    for _, id in ipairs(row.kinds or {}) do
        if out:known("materials", path .. ".kinds", id, ids.kinds, "业务") then
            for name in pairs(forms.get(r, id, "form").by_id) do
                known[name] = true
            end
        end
    end
    for _, test in ipairs { row.when or {}, row.same_when or {} } do
        for name in pairs(test) do
            out:known("materials", path .. ".when", string.match(name, "^([^.]+)%.") or name, known, "条件引用的字段")
        end
    end
end

local function check_material(out, r, row, path, ids)
    check_material_tests(out, r, row, path, ids)
    each_kind(row.paper or false, row.kinds or {}, function(id, paper)
        if not PAPER[paper or false] then
            out:wrong("materials", path .. ".paper", "纸质要求应为 original、copy 或 false（" .. id .. "）")
        end
    end)
    for _, name in ipairs { "printed", "blank" } do
        for kind, print in pairs(row[name] or {}) do
            out:known("materials", path .. "." .. name, kind, ids.kinds, "业务")
            out:known("materials", path .. "." .. name, "print/" .. print, ids.files, "打印件")
        end
    end
    for _, format in ipairs(row.formats or {}) do
        out:known("materials", path .. ".formats", format, FORMATS, "图片格式")
    end
    if row.limit and (row.limit < 1 or row.limit > CORE_LIMIT) then
        out:wrong("materials", path .. ".limit", "大小上限应在 1 字节至 16 MB 之间")
    end
end

local function check_materials(out, r, ids)
    local declared = rules.read(r, "materials")
    out:shape("materials", "defaults", declared.defaults, { limit = "integer!", formats = "list!", long_side = "integer!" })
    local set = out:unique("materials", "rows", declared.rows, "id")
    for i, row in ipairs(declared.rows) do
        if out:shape("materials", "rows." .. tostring(row.id or i), row, MATERIAL) then
            check_material(out, r, row, "rows." .. tostring(row.id or i), ids)
            out:known("materials", "rows." .. tostring(row.id) .. ".same_as", row.same_as, set, "材料")
        end
    end
end

local function check_templates(out, r, kinds)
    local declared = rules.read(r, "templates")
    local media = out:unique("templates", "media", declared.media, "value")
    out:unique("templates", "rows", declared.rows, "id")
    for i, row in ipairs(declared.rows) do
        local path = "rows." .. tostring(row.id or i)
        if out:shape("templates", path, row, TEMPLATE) then
            for _, medium in ipairs(row.media or {}) do
                out:known("templates", path .. ".media", medium, media, "介质")
            end
        end
    end
    for _, kind in ipairs(kinds) do
        local by_id, issued = forms.get(r, kind.id, "form").by_id, false
        for _, id in ipairs(kind.templates) do
            local row = rules.row(declared.rows, id)
            issued = issued or (row and row.issued)
            for _, part in ipairs(row and row.subject or {}) do
                out:known("templates", "rows." .. id .. ".subject", part.from, by_id, "字段")
            end
        end
        if not issued then
            out:wrong("kinds", kind.id .. ".templates", "没有可签发的证书模板")
        end
    end
end

function check.run(out, r, kinds, ids)
    check_kinds(out, r, kinds, ids)
    out:try("lists", check_lists, out, r)
    out:try("materials", check_materials, out, r, ids)
    out:try("templates", check_templates, out, r, kinds)
end

return check
