-- SPDX-License-Identifier: Apache-2.0
-- case: reading applications, with the right to; and the door to what is done with them (flow, application).
local application = use "system/service/application"
local fact = use "system/service/fact"
local flow = use "system/service/flow"
local live = use "system/service/live"
local own = use "system/service/own"
local reference = use "lib/field/reference"

local case = {}

case.fire, case.put, case.allows, case.knows, case.told = flow.fire, flow.put, flow.allows, flow.knows, flow.told
case.get, case.for_staff, case.lock = own.get, own.for_staff, own.lock
case.rules = live.rules_of
case.start, case.save, case.submit = application.start, application.save, application.submit
case.deliver, case.cancel, case.similar = application.deliver, application.cancel, application.similar
case.editable, case.defaults = application.editable, application.defaults

-- case.facts(tx or nil, row, by, extra) -> FACTS of lib/business
function case.facts(tx, row, by, extra)
    return fact.of(tx, row, by, extra)
end

-- "DFCA-2026 1124 …" -> twenty digits, or nil and a sentence
function case.number(value)
    local number, _, sentence = reference.types.reference.check(text.normalize(value or ""), { label = "业务受理号" })
    return number, sentence
end

local function of_number(number)
    local found = store.list("case", { index = "number", equal = { number }, limit = 1 }).rows[1]
    if found then
        found.row.key = found.key
    end
    return found and found.row
end

-- The case of a number if the user may see it, else nil: a stranger's number is like an absent one.
function case.by_number(user, value)
    local number = case.number(value)
    local row = number and of_number(number)
    return row and own.may(user, row.key) and row or nil
end

-- The same for staff; any case.
function case.staff_by_number(user, value, roles)
    own.must_be(user, roles)
    local number, sentence = case.number(value)
    return number and of_number(number), sentence
end

local function mine_of(grant, now)
    local g = grant.row
    local row = not g.ended and (g["until"] == 0 or g["until"] > now) and store.get("case", g.object)
    if row then
        row.key = g.object
    end
    return row
end

-- case.mine(user, { after, limit }) -> { rows, more, after }: newest first; limit ≤ 200 grants are looked at
function case.mine(user, options)
    options = options or {}
    local found = store.list("grant", { index = "holder", equal = { user.account }, descending = true,
        limit = options.limit or 200, after = options.after })
    local rows, now = json.array {}, time.now()
    for _, grant in ipairs(found.rows) do
        rows[#rows + 1] = mine_of(grant, now) or nil
    end
    return { rows = rows, more = found.more, after = found.after }
end

-- What happened, newest first: list of event rows.
function case.events(row, limit)
    local found = store.list("event", { index = "case", equal = { row.key }, descending = true, limit = limit or 200 })
    local out = json.array {}
    for i, one in ipairs(found.rows) do
        out[i] = one.row
    end
    return out
end

return case
