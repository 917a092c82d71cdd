-- SPDX-License-Identifier: Apache-2.0
-- recorded: applications and what happened to them, for a process that may know no person: values are exchanged for invented
-- ones, of the facts only those remain that rules are told by contract (FACTS in lib/business), and no key or number is named.
local flows = use "lib/business/flows"
local live = use "system/service/live"
local stand_in = use "lib/stand_in"

local recorded = {}

local EVENTS_MAX = 60 -- of one case
local SECRET = "示示"
local PAGE = 10 -- cases read without a pause

-- The names of facts that reveal nobody.
local names = { today = true, quote_date = true }
for name in pairs(flows.facts) do
    names[name] = name ~= "values" and name ~= "errors" and name ~= "reason" or nil
end

-- Takes away what may reveal somebody.
local function plain_facts(facts)
    for name in pairs(facts) do
        if not names[name] then
            facts[name] = nil
        end
    end
    return facts
end

-- The place of an event in told: equal ones are told once.
local function place_of(took, e)
    local one = { event = e.event, from = e.from, by = e.as, reason = e.reason ~= "", facts = plain_facts(e.facts) }
    local id = json.encode(one)
    local place = took.known[id]
    if not place then
        place = #took.told + 1
        took.told[place], took.known[id] = id, place
    end
    return place
end

local function events_of(took, key)
    local out = json.array {}
    for _, one in ipairs(store.list("event", { index = "case", equal = { key }, limit = EVENTS_MAX }).rows) do
        local e = one.row
        if e.from ~= "" and e.facts and e.facts.today then
            out[#out + 1] = place_of(took, e)
        end
    end
    return out
end

-- The fields whose answers are kept apart once they were given.
local function secrets_of(form)
    local out = {}
    for _, f in ipairs(form.order) do
        out[#out + 1] = f.secret and f.id or nil
    end
    return out
end

local function put_secrets(forms, row, values)
    for _, id in ipairs((row.submitted or row.answer ~= "") and forms.secrets or {}) do
        values[id] = SECRET
    end
end

local function forms_of(took, row)
    local id = row.bundle .. " " .. row.kind
    if took.forms[id] == nil then
        local ok, found = pcall(function()
            local b = live.rules_of(row)
            local form = b:form(row.kind)
            return { form = stand_in.plan(form), delivery = stand_in.plan(b:form(row.kind, "delivery")), secrets = secrets_of(form) }
        end)
        took.forms[id] = ok and found
    end
    return took.forms[id]
end

-- recorded.case(row, took) -> the case as lib/bundle_replay takes it, or nil when its rules are not known any more
function recorded.case(key, row, took)
    local forms = forms_of(took, row)
    if not forms then
        return nil
    end
    local known = {}
    local values = stand_in.of(forms.form, row.values, known)
    put_secrets(forms, row, values)
    return { kind = row.kind, values = values, delivery = stand_in.of(forms.delivery, row.delivery, known), medium = row.medium,
        day = time.date(row.submitted or row.created), submitted = row.submitted ~= nil, events = events_of(took, key) }
end

local function add(took, found)
    for _, one in ipairs(found.rows) do
        local case = recorded.case(one.key, one.row, took)
        if case then
            took.cases[#took.cases + 1] = json.encode(case)
            took.refs[#took.refs + 1] = { key = one.key, number = one.row.number }
        end
    end
end

-- recorded.take{ after, limit, every, say } -> { cases, told (both lists of JSON texts), refs = { { key, number } … }, after }: the newest cases, or those
-- after a page; say(n) is called after every so many. Waits.
function recorded.take(opts)
    local took, left, after = { cases = {}, told = {}, refs = {}, known = {}, forms = {} }, opts.limit, opts.after
    local said = 0
    repeat
        local found = store.list("case", { descending = true, limit = math.min(PAGE, left), after = after })
        add(took, found)
        left, after = left - #found.rows, found.more and found.after or nil
        if opts.limit - left >= said + opts.every then
            said = opts.limit - left
            opts.say(said)
        end
        task.sleep(0)
    until left <= 0 or not after
    took.after = after
    return took
end

return recorded
