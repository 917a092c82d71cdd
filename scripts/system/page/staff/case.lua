-- SPDX-License-Identifier: Apache-2.0
-- staff case: one application for its reviewer: the scans beside the form, each item with its box for 退回. One form holds
-- everything, so that nothing ticked or typed is lost, whichever button is pressed.
local case = use "system/service/case"
local claim = use "system/service/claim"
local compare = use "system/service/compare"
local dossier = use "system/service/dossier"
local form_hash = use "system/service/form_hash"
local own = use "system/service/own"
local paper = use "system/service/paper"
local person = use "system/service/person"
local reader = use "system/service/reader"
local shell = use "system/page/staff/shell"
local watch = use "system/service/watch"
local wish = use "system/service/wish"

local staff_case = {}

staff_case.ROLES = { "reviewer", "officer", "counter" }

local TURNS = 4

-- An id for elements: "field:unit_name" -> "field-unit_name"
local function id_of(item)
    return (string.gsub(item, ":", "-"))
end

-- What was ticked and typed beside the items: { [item] = { on, reason, words } }, and the pictures' turns.
function staff_case.posted(req)
    local marks, on = {}, {}
    for _, item in ipairs(req:field_list("return")) do
        on[item] = true
    end
    return setmetatable(marks, { __index = function(_, item)
        return { on = on[item], reason = req:field("reason." .. item) or "", words = req:field("words." .. item) or "" }
    end })
end

local NOTHING = { reason = "", words = "" }

local function put(one, item, marks, messages, options)
    local posted = marks and marks[item] or NOTHING
    local id = id_of(item)
    one.box = { item = item, id = id, words_id = #options > 0 and "words-" .. id or id, on = posted.on, reason = posted.reason, words = posted.words,
        message = messages[id], options = options, label = one.label }
end

-- Boxes for 退回 beside fields and materials, with what was posted.
local function add_boxes(d, b, marks, messages)
    local fields, materials = shell.options(b, "lists.return_reasons", "field"), shell.options(b, "lists.return_reasons", "material")
    for _, section in ipairs(d.sections) do
        for _, field in ipairs(section.fields) do
            if field.item then
                put(field, field.item, marks, messages, fields)
            end
        end
    end
    for _, material in ipairs(d.materials) do
        put(material, material.item, marks, messages, materials)
    end
    d.identity = { label = "身份识别" }
    put(d.identity, "identity", marks, messages, {})
end

-- Where each picture leads on by keyboard, how it is turned, and the mark that was typed off the paper.
local function finish_scans(d, req, post, turned)
    for i, material in ipairs(d.materials) do
        material.number, material.anchor = i, "scan-" .. material.id
        material.before, material.after = d.materials[i - 1], d.materials[i + 1]
        local turn = math.tointeger(tonumber(post and req:field("turn." .. material.id) or "")) or 0
        material.turn = (turn + (turned and turned.id == material.id and turned.by or 0)) % TURNS
        material.typed = post and req:field("mark." .. material.id) or ""
    end
end

local function events_of(row, user)
    local may = {}
    for _, event in ipairs { "claim", "approve", "return", "refuse", "hold", "unhold" } do
        may[event] = user.roles.reviewer == true and case.knows(row, event, "reviewer")
    end
    return may
end

-- Whether the user decides now: with the case in hand, or behind review, where nobody has to take it.
local function decides(d, may)
    return may["return"] and (not may.claim or d.claim ~= nil and d.claim.mine) or false
end

local function compare_role(row, user, d)
    if user.roles.reviewer and row.compare and d.claim and d.claim.mine and compare.knows(row, "reviewer") then
        return "reviewer"
    end
    return user.roles.counter and not domain.standing(row.key).identified and compare.knows(row, "counter") and "counter" or nil
end

local function messages_of(errors)
    local out = {}
    for _, e in ipairs(errors or {}) do
        out[e.field] = e.message
    end
    return out
end

local function add_acts(data, user, row, d)
    local may = events_of(row, user)
    data.own = user.roles.reviewer and claim.is_own(reader.of(nil), user, row, person.parties(row, case.rules(row)))
    data.may, data.decides = may, not data.own and decides(d, may)
    data.paper = not row.paper and paper.role(row, user)
    data.papers = data.paper and dossier.papers(row, case.rules(row)) or {}
    data.paper = #data.papers > 0 and data.paper or nil
    data.compare = compare_role(row, user, d)
    local asked = user.roles.reviewer and not data.own and row.wish
    data.wish = asked and { at = asked.at, shown = asked.shown, label = wish.kinds[asked.what].label } or nil
    data.handover = user.roles.officer and "/staff/case/" .. row.key .. "/handover" or nil
    data.waive = user.roles.officer and not case.facts(nil, row, "reviewer").paid and not case.rules(row):state(row.kind, row.state).final
end

local function title_of(d)
    return d.kind .. "审核"
end

-- staff_case.show(req, status, user, row, { errors, refused = sentence, post = true when what was posted is shown again, done })
function staff_case.show(req, status, user, row, opts)
    local b, d = case.rules(row), dossier.of(user, row)
    local messages = messages_of(opts.errors)
    local data = { title = title_of(d), wide = true, d = d, refused = opts.refused, errors = opts.errors or {}, messages = messages,
        seen = form_hash.of(row), action = "/staff/case/" .. row.key, done = opts.done, today = time.date(time.now()),
        crumbs = { { label = "工作台", href = "/staff" }, { label = "审核队列", href = "/staff/review" }, { label = d.number } } }
    add_acts(data, user, row, d)
    finish_scans(d, req, opts.post, opts.turn)
    add_boxes(d, b, opts.post and staff_case.posted(req), messages)
    data.refuse_options = b:list("lists.refuse_reasons")
    data.post = function(name) return opts.post and req:field(name) or "" end
    data.values = { refuse = data.post("refuse"), refuse_words = data.post("refuse_words"), hold = data.post("hold"),
        waive = data.post("waive"), wish_why = data.post("wish_why"), date = opts.post and req:field("date") or data.today, checked = opts.post and req:field_list("paper") or {} }
    data.post = nil
    return shell.send(req, status, "staff/case", user, data)
end

-- The case for staff; the look at it is in the audit log, and keeps a claim alive.
function staff_case.open(req, user)
    local row = own.for_staff(user, req:param("key"), staff_case.ROLES)
    watch.read(user, row.key, "case")
    claim.touch(user, row)
    return row
end

return staff_case
