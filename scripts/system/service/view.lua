-- SPDX-License-Identifier: Apache-2.0
-- view: an application, a form as plain data for programs.
local fact = use "system/service/fact"
local live = use "system/service/live"

local view = {}

local function step_of(row, b)
    for _, step in ipairs(b:steps(row.kind, row.state, { returned = fact.returned(row) })) do
        if step.status == "current" then
            return step.label
        end
    end
    return json.null
end

local function returned_of(row)
    local out = json.array {}
    for i, one in ipairs(row.returned) do
        out[i] = { item = one.item, reason = one.reason, done = one.done == true }
    end
    return out
end

-- view.of(row) -> what the owner of a case may know of it
function view.of(row)
    local b = live.rules_of(row)
    return { key = row.key, number = row.number, kind = row.kind, state = row.state, label = b:state(row.kind, row.state).label,
        step = step_of(row, b), subject = row.subject, user_name = row.user_name, medium = row.medium, template = row.template,
        values = row.values, delivery = row.delivery, created = time.rfc3339(row.created),
        submitted = row.submitted and time.rfc3339(row.submitted) or json.null, mark = b:mark(row.kind, row.values),
        events = b:events(row.kind, row.state, "applicant"), returned = returned_of(row), due = row.due }
end

local function field_of(f)
    local options = f.options and json.array {} or nil
    for i, option in ipairs(f.options or {}) do
        options[i] = { value = option.value, label = option.label }
    end
    return { id = f.id, type = f.type, label = f.label, hint = f.hint, required = f.required == true, max = f.max, min = f.min,
        options = options, visible_when = f.visible_when, required_when = f.required_when, document_of = f.document_of,
        feeds = f.feeds }
end

-- view.form(b, kind) -> the application form with its fields
function view.form(b, kind)
    local form = b:form(kind)
    local out = { id = form.id, title = form.title, sections = json.array {} }
    for i, section in ipairs(form.sections) do
        local fields = json.array {}
        for j, f in ipairs(section.fields) do
            fields[j] = field_of(f)
        end
        out.sections[i] = { id = section.id, title = section.title, fields = fields }
    end
    return out
end

return view
