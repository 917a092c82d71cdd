-- SPDX-License-Identifier: Apache-2.0
-- forms: forms with their parts put in, what is visible, what is wrong, what a change undoes.
local choice = use "lib/field/choice"
local field = use "lib/field"
local rules = use "lib/business/rules"
local when = use "lib/when"

local forms = {}

local function prefixed(test, prefix)
    if not test then
        return nil
    end
    local out = {}
    for name, wanted in pairs(test) do
        out[prefix .. name] = wanted
    end
    return out
end

-- The media of which the kind has a template that is issued.
local function issued_media(r, kind, list)
    local open = {}
    for _, id in ipairs(kind.templates) do
        local template = rules.row(rules.read(r, "templates").rows, id)
        for _, medium in ipairs(template and template.issued and template.media or {}) do
            open[medium] = true
        end
    end
    local out = {}
    for _, option in ipairs(list) do
        out[#out + 1] = open[option.value] and option or nil
    end
    return out
end

local function options_of(r, kind, declared)
    if not declared.options_from then
        return declared.options
    end
    local list = rules.list(r, declared.options_from)
    return declared.options_from == "templates.media" and issued_media(r, kind, list) or list
end

local function finish(r, kind, section, declared)
    local f = rules.with(declared, { section = section.id, options = options_of(r, kind, declared), feeds = {} })
    for _, what in ipairs(declared.feeds or {}) do
        f.feeds[what] = true
    end
    return f
end

local function from_part(r, entry)
    local out = {}
    local prefix = entry.prefix or ""
    local part = rules.read(r, "forms/parts")[entry.part]
    if not part then
        fail("E_NOT_FOUND", "business rules: there is no part " .. tostring(entry.part))
    end
    for i, declared in ipairs(part) do
        out[i] = rules.with(rules.with(declared, {
            id = prefix .. declared.id,
            document_of = declared.document_of and prefix .. declared.document_of,
            visible_when = prefixed(declared.visible_when, prefix),
            required_when = prefixed(declared.required_when, prefix),
        }), entry.set and entry.set[declared.id])
    end
    return out
end

local function expand_section(r, kind, declared, form)
    local section = rules.with(declared, { fields = {} })
    for _, entry in ipairs(declared.fields) do
        for _, one in ipairs(entry.part and from_part(r, entry) or { entry }) do
            local f = finish(r, kind, declared, one)
            f.documents = f.document_of and form.by_id[f.document_of] and form.by_id[f.document_of].options
            section.fields[#section.fields + 1] = f
            form.order[#form.order + 1] = f
            form.by_id[f.id] = f
        end
    end
    return section
end

-- forms.get(r, kind id, "form" | "delivery" | "invoice") -> { id, title, submit, needs, sections, order, by_id }
function forms.get(r, kind_id, which)
    local kind = rules.kind(r, kind_id)
    local id = kind[which] or fail("E_NOT_FOUND", "business rules: no form " .. which .. " for " .. kind_id)
    return rules.make(r, "form:" .. kind_id .. ":" .. which, function()
        local declared = rules.read(r, "forms/" .. id)
        local form = { id = id, title = declared.title, submit = declared.submit, needs = declared.needs or {},
            sections = {}, order = {}, by_id = {} }
        for i, section in ipairs(declared.sections) do
            form.sections[i] = expand_section(r, kind, section, form)
        end
        return form
    end)
end

function forms.is_visible(f, values)
    return when.fits(f.visible_when, values)
end

function forms.is_required(f, values)
    return f.required == true or (f.required_when ~= nil and when.fits(f.required_when, values))
end

-- Filled from another field: shown, not asked.
function forms.is_derived(f, values)
    return f.derive ~= nil and f.derive.from ~= nil and when.fits(f.derive.when, values)
end

-- The declaration that judges a value now: a document's number is judged as the chosen document says.
function forms.effective(f, values)
    local changes = { required = forms.is_required(f, values) }
    if f.type == "document" then
        local chosen = values[f.document_of]
        local option = f.documents and rules.row(f.documents, chosen)
        changes.type = option and option.type or "text"
        changes.pattern, changes.message = option and option.pattern, option and option.message
    end
    return rules.with(f, changes)
end

local function kind_of(r, f, prefix)
    for _, row in ipairs(rules.list(r, f.kind_of)) do
        for _, known in ipairs(row.prefixes) do
            if known == prefix then
                return row.value
            end
        end
    end
    return "other"
end

local function put(clean, current, id, value, parts)
    clean[id], current[id] = value, value
    for name, part in pairs(parts or {}) do
        clean[id .. "." .. name], current[id .. "." .. name] = part, part
    end
end

local function parts_of(values, id)
    local parts = {}
    for name, value in pairs(values) do
        local part = string.sub(name, 1, #id + 1) == id .. "." and string.sub(name, #id + 2)
        if part then
            parts[part] = value
        end
    end
    return parts
end

local function derive(f, clean, current)
    local from = f.derive.from
    local value = current[f.derive.part and from .. "." .. f.derive.part or from] or ""
    put(clean, current, f.id, value, not f.derive.part and parts_of(current, from) or nil)
end

-- forms.judge(r, field, current values, { today, regions }) -> { value, code, message, parts } of one field that is asked
function forms.judge(r, f, current, ctx)
    local value, code, message, parts = field.check(forms.effective(f, current), current[f.id], ctx)
    if f.kind_of and parts and parts.prefix then
        parts.kind = kind_of(r, f, parts.prefix)
    end
    return { value = value, code = code, message = message, parts = parts }
end

local function check_one(r, f, clean, current, ctx, errors)
    local v = forms.judge(r, f, current, ctx)
    if v.value == nil then
        errors[#errors + 1] = { field = f.id, section = f.section, code = v.code, message = v.message }
        return
    end
    put(clean, current, f.id, v.value, v.parts)
end

-- Values without what was derived from a field that is judged anew.
local function start(values)
    local current = {}
    for name, value in pairs(values) do
        current[name] = value
    end
    return current
end

-- How a field stands with these values: "asked", "derived" from another one, or nothing when it is not shown.
function forms.stands(f, current)
    if not forms.is_visible(f, current) or field.types[f.type].derived then
        return nil
    end
    return forms.is_derived(f, current) and "derived" or "asked"
end

-- forms.check(r, kind, which, values, { section, today }) -> clean, errors
function forms.check(r, kind_id, which, values, opts)
    local form = forms.get(r, kind_id, which)
    local clean, errors, current = {}, json.array {}, start(values)
    local ctx = { today = opts.today, regions = rules.read(r, "regions") }
    for _, f in ipairs(form.order) do
        local stands = (opts.section == nil or f.section == opts.section) and forms.stands(f, current)
        if stands == "derived" then
            derive(f, clean, current)
        elseif stands then
            check_one(r, f, clean, current, ctx, errors)
        end
    end
    return clean, errors
end

-- "handler_name", or "@region": whatever field the kind says is the region
local function prefilled(kind, f, application)
    local role = f.prefill and string.match(f.prefill, "^@(.+)$")
    return f.prefill and application[role and kind.fields[role] or f.prefill]
end

-- The values of an untouched form; application: clean values that may be asked again here.
function forms.defaults(r, kind_id, which, application)
    local values, kind = {}, rules.kind(r, kind_id)
    for _, f in ipairs(forms.get(r, kind_id, which).order) do
        local known = prefilled(kind, f, application)
        if known and known ~= "" then
            values[f.id] = known
        elseif f.default and (not f.options or choice.option_of(f, f.default)) then
            values[f.id] = f.default
        elseif f.options and #f.options == 1 and f.required then
            values[f.id] = f.options[1].value
        end
    end
    return values
end

return forms
