-- SPDX-License-Identifier: Apache-2.0
-- case: one invented application, brought to a state of its flow with everything that had to happen on the way.
local answers = use "system/seed/answers"
local fact = use "system/service/fact"
local facts = use "system/seed/facts"
local form_hash = use "system/service/form_hash"
local invent = use "system/seed/invent"
local reference = use "lib/field/reference"
local subject = use "system/service/subject"

local case = {}

local DAY_MS = 86400000

-- How far each state is on the way, and how many of a hundred cases stand there.
local places = {
    { state = "done", way = 8, share = 46 }, { state = "active", way = 7, share = 10 }, { state = "review", way = 5, share = 10 },
    { state = "draft", way = 0, share = 7 }, { state = "payment", way = 4, share = 6 }, { state = "materials", way = 2, share = 5 },
    { state = "identity", way = 3, share = 3 }, { state = "paper", way = 6, share = 3 }, { state = "returned", way = 5, share = 2 },
    { state = "submitted", way = 1, share = 2 }, { state = "cancelled", way = 1, share = 2 }, { state = "closed", way = 2, share = 2 },
    { state = "refused", way = 4, share = 1 }, { state = "voucher", way = 4, share = 1 },
}

-- What happened, in order: event, who did it, and where on the way it stands.
local happened = {
    { "created", "applicant", 0, "draft" }, { "submit", "applicant", 1, "submitted" }, { "printed", "applicant", 2, "materials" },
    { "registered", "applicant", 3, "identity" }, { "identified", "system", 4, "payment" }, { "paid", "system", 5, "review" },
    { "approve", "reviewer", 6, "paper" }, { "received", "counter", 7, "active" }, { "downloaded", "system", 8, "done" },
}

local last_words = { returned = { "return", "reviewer" }, cancelled = { "cancel", "applicant" }, closed = { "expire", "system" },
    refused = { "refuse", "reviewer" }, voucher = { "voucher_submitted", "applicant" } }

local function place_of(n)
    local at = n * 37 % 100
    for _, place in ipairs(places) do
        if at < place.share then
            return place
        end
        at = at - place.share
    end
end

local function blank(c, now)
    local created = now - (1 + invent.mixed(c.n, 81) % 200) * DAY_MS // 4
    return { number = reference.make(time.date(created), c.n), kind = c.kind, state = c.place.state, since = created, bundle = "",
        created = created, account = c.account, values = c.values, delivery = {}, invoice = {}, saved = c.saved, medium = c.medium,
        subject = c.values[c.fields.subject], user_name = c.values.user_name, template = c.template, unit = "", person = "",
        answer = "", order = "", total = 0, voucher = "none", compare = false, approvals = 0, returned = json.array {}, reason = "",
        due = "", data_key = c.data_key, events = 0, rev = 1, parent = "" }
end

-- What the rules would have been told (service/flow), as far as the case has come.
local function told(c, as, way)
    local row, day = c.row, time.date(c.row.since)
    return { by = as, today = day, quote_date = day, medium = c.medium, delivery = row.delivery.delivery or "none", agreed = row.agreement.version,
        identity = row.person ~= "" and "passed" or "none", paid = way >= 5, refund = way >= 5, voucher = row.voucher, total = row.total, approvals = row.approvals,
        claimed = false, paper = row.paper ~= nil, returned = fact.returned(row), own = false, missing = way < 3 and c.required or json.array {} }
end

local function note(tx, c, event, as, from, to, way)
    local row = c.row
    row.events = row.events + 1
    row.since = row.since + 3600000
    tx:insert("event", invent.key(row.since, c.n, 90 + row.events), { case = row.key, number = row.events, event = event, from = from, to = to,
        by = as == "system" and "" or c[as] or c.account, as = as, at = row.since, note = "", reason = event == "refuse" and "材料不实" or "",
        facts = told(c, as, way) })
end

local function hand_in(tx, c)
    c.row.bundle, c.row.submitted = c.bundle, c.row.created + 3600000
    c.row.unit = tx:key()
    tx:insert("unit", c.row.unit, { code = "uscc:" .. invent.credit_code(c.n), created = c.row.created,
        names = json.array { { name = c.values.unit_name or c.values.work_unit, from = c.row.created } } })
    tx:insert("user_name", tx:key(), { name = c.values["user_name"], case = c.row.key, at = c.row.submitted })
end

-- What each part of the way leaves behind.
local ways = {
    hand_in,
    function(_, c) c.row.delivery = answers.delivery(c.values, c.medium) end,
    facts.materials,
    facts.identity,
    function(tx, c) facts.order(tx, c) facts.payment(tx, c) end,
    facts.approval,
    function(tx, c)
        if c.medium == "ukey" then
            facts.paper(tx, c)
        end
        facts.activation(tx, c)
    end,
    facts.certificate,
}

local function ending(tx, c)
    local row, last = c.row, last_words[c.place.state]
    if c.place.state == "voucher" then
        facts.order(tx, c)
        row.voucher = "waiting"
        tx:insert("voucher", tx:key(), { case = row.key, order = row.order, state = "waiting", fen = c.quote.total, at = row.since })
    elseif c.place.state == "returned" then
        row.returned = json.array { { item = "material:form", reason = "图片不清晰，请重新扫描", done = false } }
    end
    if last then
        note(tx, c, last[1], last[2], happened[c.place.way + 1][4], c.place.state, c.place.way)
    end
end

-- case.plan(n, made) -> what case.write puts down; made = what all cases share: b, bundle, today, accounts, reviewer, counter
function case.plan(n, made)
    local place, b = place_of(n), made.b
    local kind = n % 3 == 0 and "personal_issue" or "unit_issue"
    local medium = n % 4 == 0 and place.state ~= "paper" and "soft" or "ukey"
    local values, errors = b:check(kind, answers.of(kind, n, medium), { today = made.today })
    if #errors > 0 then
        fail("E_SCRIPT", "an invented application is refused: " .. errors[1].field .. " " .. errors[1].message)
    end
    values.answer = ""
    local delivery = answers.delivery(values, medium)
    local required = json.array {}
    for i, m in ipairs(b:required { kind = kind, values = values, medium = medium, delivery = delivery.delivery or "none" }) do
        required[i] = m.id
    end
    local row = { kind = kind, medium = medium, template = b:template(kind, medium).id, values = values }
    local profile, named = subject.of(row, b)
    return { n = n, b = b, data_key = store.data_key(), profile = profile, subject = named, kind = kind, medium = medium, place = place, values = values, required = required, bundle = made.bundle,
        account = made.accounts[n % #made.accounts + 1], reviewer = made.reviewer, counter = made.counter, agreement = made.agreement[kind],
        fields = b:kind(kind).fields, template = row.template, saved = made.saved[kind],
        mark = b:mark(kind, values), form = form_hash.of(row),
        quote = b:quote { quote_date = made.today, order = { { case = "c", kind = kind, values = values } } } }
end

-- Writes it, in the caller's transaction: at most 70 writes.
function case.write(tx, c)
    local key = tx:key()
    c.row = blank(c, tx:now())
    c.row.key = key
    facts.begin(tx, c)
    note(tx, c, "created", "applicant", "", "draft", 0)
    for way = 1, c.place.way do
        local step = happened[way + 1]
        ways[way](tx, c)
        note(tx, c, step[1], step[2], happened[way][4], step[4], way)
    end
    ending(tx, c)
    c.row.key = nil
    tx:insert("case", key, c.row)
end

return case
