-- SPDX-License-Identifier: Apache-2.0
-- shell: what all pages of one application share: crumbs, step bar, number.
local live = use "system/service/live"
local page = use "lib/page"
local fact = use "system/service/fact"

local shell = {}

-- The step bar: labels and the present step.
function shell.steps(row, b, at)
    local labels, current = {}, at
    for i, step in ipairs(b:steps(row.kind, row.state, { returned = fact.returned(row) })) do
        labels[i] = step.label
        current = current or step.status == "current" and i
    end
    return labels, current or #labels
end

-- What every page of a case needs, new; title is the page's; at: the step it belongs to, else the case's own.
function shell.data(req, user, row, title, at)
    local b = live.rules_of(row)
    local kind = b:kind(row.kind)
    local steps, current = shell.steps(row, b, at)
    return { title = title, user = user, case = row, kind = kind, number = row.number, section = "apply", b = b,
        href = "/case/" .. row.key, state = b:state(row.kind, row.state).label, steps = steps, at = current, prefix = b:site().ca.mark,
        crumbs = { { label = "用户中心", href = "/user" }, { label = row.subject ~= "" and row.subject or kind.label, href = "/case/" .. row.key },
            { label = title } } }
end

-- Answers with view of a case; b must not reach the template.
function shell.send(req, status, view, data)
    data.b = nil
    return page.send_form(req, status, view, data)
end

-- The problem page for a step that the state does not take: a sentence, and the way on.
function shell.closed(req, user, row, title, sentence)
    local data = shell.data(req, user, row, title)
    data.sentence = sentence
    return shell.send(req, 409, "case/closed", data)
end

return shell
