-- SPDX-License-Identifier: Apache-2.0
-- shown: parts of a preview: what can be chosen, forms, materials, papers, messages.
local forms = use "lib/business/forms"
local rules = use "lib/business/rules"
local sample = use "lib/bundle_preview/sample"

local shown = {}

local FORMS = { "form", "delivery", "invoice" }

local function add_names(set, test)
    for name in pairs(test or {}) do
        set[name] = true
    end
end

-- The fields on which something depends: what is shown, asked for, or paid.
local function deciding(b, kind)
    local names = { medium = true }
    for _, which in ipairs(FORMS) do
        for _, f in ipairs(b:form(kind.id, which).order) do
            add_names(names, f.visible_when)
            add_names(names, f.required_when)
            add_names(names, f.derive and f.derive.when)
            names[f.id] = names[f.id] or f.feeds.price
        end
    end
    for _, row in ipairs(rules.read(b.r, "materials").rows) do
        add_names(names, row.when)
    end
    return names
end

-- shown.choices(b, kind, values) -> list of { id, label, options, value }
function shown.choices(b, kind, values)
    local names, out, seen = deciding(b, kind), json.array {}, {}
    for _, which in ipairs(FORMS) do
        for _, f in ipairs(b:form(kind.id, which).order) do
            if names[f.id] and f.options and not seen[f.id] then
                seen[f.id] = true
                out[#out + 1] = { id = f.id, label = f.label, options = f.options, value = values[f.id] or "" }
            end
        end
    end
    return out
end

-- shown.forms(b, kind) -> list of { which, file, title, sections = { { id, title } } }: those that ask something
function shown.forms(b, kind)
    local out = json.array {}
    for i, which in ipairs(FORMS) do
        local form, sections = b:form(kind.id, which), json.array {}
        for _, section in ipairs(form.sections) do
            sections[#sections + 1] = not section.check and { id = section.id, title = section.title } or nil
        end
        out[i] = { which = which, file = "forms/" .. form.id .. ".lua", title = form.title, submit = form.submit, sections = sections }
    end
    return out
end

local function section_of(form, id)
    return rules.row(form.sections, id) or form.sections[1]
end

-- shown.form(b, kind, which, id, values, today, posted) -> one page of a form as part/form.html draws it, with what is wrong with posted
-- values
function shown.form(b, kind, which, id, values, today, posted)
    local form = b:form(kind.id, which)
    local at = section_of(form, id)
    local current = rules.with(values, posted)
    local clean, errors = b:check(kind.id, current, { which = which, section = at.id, today = today })
    local sections = b:sections(kind.id, rules.with(current, clean), { which = which, today = today })
    return { section = rules.row(sections, at.id), errors = posted and errors or json.array {}, values = current,
        steps = b:steps(kind.id, b:flow(kind.id).start, {}) }
end

-- shown.materials(b, kind, values, delivery) -> list of { id, label, hint, required, upload, paper }
function shown.materials(b, kind, values, delivery)
    local out = json.array {}
    for i, m in ipairs(b:materials { kind = kind.id, values = values, medium = values.medium, delivery = delivery }) do
        out[i] = { id = m.id, label = m.label, hint = m.hint, required = m.required, upload = m.upload ~= false, paper = m.paper }
    end
    return out
end

local function blanks(b, kind_id)
    local set = {}
    for _, row in ipairs(rules.read(b.r, "materials").rows) do
        for kind, id in pairs(row.blank or {}) do
            set[id] = set[id] or kind == kind_id
        end
    end
    return set
end

-- What other kinds print is not this kind's.
local function foreign(b, kind)
    local set = {}
    for _, other in ipairs(b:kinds()) do
        for _, id in ipairs(other.prints) do
            set[id] = true
        end
    end
    for _, id in ipairs(kind.prints) do
        set[id] = false
    end
    return set
end

-- shown.papers(b, kind) -> list of { id, title, blank }: the kind's own in their order, then what any kind may print
function shown.papers(b, kind)
    local out, not_ours, empty = json.array {}, foreign(b, kind), blanks(b, kind.id)
    local function add(id)
        out[#out + 1] = { id = id, title = rules.read(b.r, "print/" .. id).title, blank = empty[id] == true }
    end
    for _, id in ipairs(kind.prints) do
        add(id)
    end
    for _, name in ipairs(bundle.files(b:hash())) do
        local id = string.match(name, "^print/([%w_]+)%.lua$")
        if id and not_ours[id] == nil and empty[id] ~= false then
            add(id)
        end
    end
    return out
end

-- shown.paper(b, kind, id, facts) -> a document of lib/business/prints
function shown.paper(b, kind, id, facts)
    local empty = blanks(b, kind.id)[id]
    local told = rules.with(facts, { kind = kind.id, link = "https://example.com/query" })
    return b:document(id, empty and { kind = kind.id, blank = true } or told)
end

local function joined(said)
    return type(said) == "table" and table.concat(said, "\n") or said
end

-- What one message becomes, or why it cannot be made.
local function message_of(b, out, id, facts)
    local ok, made = pcall(b.render, b, id, facts)
    if not ok then
        out[#out + 1] = { id = id, channel = "sms", text = "", wrong = type(made) == "table" and made.message or tostring(made) }
    end
    for _, one in ipairs(ok and made or {}) do
        out[#out + 1] = { id = id, channel = one.channel, to = one.to, subject = one.subject, text = joined(one.text or one.body) }
    end
end

-- shown.messages(b, facts) -> list of { id, channel, to, subject, text } or { id, wrong }
function shown.messages(b, facts)
    local ids, out = {}, json.array {}
    for _, file in ipairs { "messages/sms", "messages/mail" } do
        add_names(ids, rules.read(b.r, file))
    end
    for _, id in ipairs(rules.keys(ids)) do
        message_of(b, out, id, facts)
    end
    return out
end

-- The kind and form that a file belongs to: { kind, which }; nil for other files.
function shown.owner(b, file)
    for _, kind in ipairs(b:kinds()) do
        for _, which in ipairs(FORMS) do
            if "forms/" .. kind[which] .. ".lua" == file then
                return { kind = kind.id, which = which }
            end
        end
    end
    local paper = string.match(file, "^print/([%w_]+)%.lua$")
    for _, kind in ipairs(paper and b:kinds() or {}) do
        if rules.row(shown.papers(b, kind), paper) then
            return { kind = kind.id }
        end
    end
    return nil
end

return shown
