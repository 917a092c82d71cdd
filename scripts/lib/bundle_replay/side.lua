-- SPDX-License-Identifier: Apache-2.0
-- side: one of the two bundles of a replay, asked about one case after the other. What was asked before is remembered: most
-- cases have met the same events with the same facts.
local event_words = use "lib/event_words"
local judged = use "lib/bundle_replay/judged"
local money = use "lib/money"
local reads = use "lib/bundle_replay/reads"
local rules = use "lib/business/rules"

local side = {}

local methods = {}
local meta = { __index = methods }

-- side.open(b, hash, other) -> what has look and decide; b of lib/business; other: the side opened before, whose answers count
-- where the declarations are the same
function side.open(b, hash, other)
    return setmetatable({ b = b, other = other, judged = judged.new(b.r), priced = {}, groups = {}, told = {}, same = {}, bears = {}, sets = {},
        flow = reads.of(hash, { "flows/", "lib/" }), price = reads.of(hash, { "prices.lua", "lib/" }) }, meta)
end

local function join(list)
    return #list > 0 and table.concat(list, "、") or "无"
end

local function without(list, other)
    local has, out = {}, {}
    for _, one in ipairs(other) do
        has[one] = true
    end
    for _, one in ipairs(list) do
        out[#out + 1] = not has[one] and one or nil
    end
    return join(out)
end

-- side.lists(before, after, …) -> in words, what only the first has and what only the second has, and the rest of the arguments
function side.lists(before, after, ...)
    if before == after then
        return "", "", ...
    end
    return without(before, after), without(after, before), ...
end

local function said(err)
    return type(err) == "table" and err.message or tostring(err)
end

-- Whether both sides declare it alike: get(side) gives the declaration.
local function is_same(s, what, get)
    if not s.other then
        return false
    end
    if s.same[what] == nil then
        local ok, own = pcall(get, s)
        local known, others = pcall(get, s.other)
        s.same[what] = ok and known and json.encode(own) == json.encode(others)
    end
    return s.same[what]
end

-- An answer that was given before is the same table again, so that it need not be compared again.
local function remember(s, answer, words)
    answer.text = table.concat(words, "\n")
    s.sets[answer.text] = s.sets[answer.text] or answer
    return s.sets[answer.text]
end

-- The errors of a form: { words, list, text }.
local function errors_of(s, case, which, values)
    local ok, errors = pcall(judged.errors, s.judged, case.kind, which, values, case.day)
    if not ok then
        return remember(s, { words = { said(errors) }, list = json.array {} }, { which, said(errors) })
    end
    local words, ids = {}, { case.kind, which }
    for i, e in ipairs(errors) do
        words[i], ids[i + 2] = e.message, e.field .. " " .. e.message
    end
    return remember(s, { words = words, list = errors }, ids)
end

local function form_errors(s, case, which, values, seen)
    local same = is_same(s, which .. " " .. case.kind, function(one)
        return { one.b:form(case.kind, which), rules.read(one.b.r, "regions") }
    end)
    return same and seen[which] or errors_of(s, case, which, values)
end

local function price_words(quote)
    local lines = {}
    for i, l in ipairs(quote.lines) do
        lines[i] = l.label .. " " .. money.yuan(l.total) .. " 元" .. (l.off > 0 and "（" .. l.off_text .. "）" or "")
    end
    return "合计 " .. money.yuan(quote.total) .. " 元" .. (#lines > 0 and "：" .. table.concat(lines, "，") or "")
end

-- The values that can bear on a price, as a key.
local function price_key(s, case)
    local ids = s.bears[case.kind]
    if ids == nil then
        local ok, form = pcall(s.b.form, s.b, case.kind)
        ids = ok and reads.names(s.price, form.order) or false
        s.bears[case.kind] = ids
    end
    local parts = { case.kind, case.day }
    for i, id in ipairs(ids or {}) do
        parts[i + 2] = tostring(case.values[id])
    end
    return ids and table.concat(parts, "\n") or case.day .. json.encode(case.values)
end

local function quote(s, case)
    local ok, answer = pcall(s.b.quote, s.b, { quote_date = case.day, order = { { case = "c", kind = case.kind, values = case.values } } })
    local words = ok and price_words(answer) or said(answer)
    return remember(s, { words = words, total = ok and answer.total or nil }, { case.kind, "price", words })
end

local function price_of(s, case)
    local key = price_key(s, case)
    s.priced[key] = s.priced[key] or quote(s, case)
    return s.priced[key]
end

-- What must be handed in: { words (labels), list (ids) }.
local function required(s, case, seen)
    if is_same(s, "materials", function(one) return rules.read(one.b.r, "materials") end) then
        return seen.required
    end
    local ok, list = pcall(judged.required, s.judged, { kind = case.kind, values = case.values, medium = case.medium,
        delivery = case.delivery.delivery or "none" })
    local labels, ids = {}, {}
    for i, one in ipairs(ok and list or {}) do
        labels[i], ids[i] = one.label, one.id
    end
    local texts = { case.kind, "materials", table.concat(ids, ","), table.concat(labels, ",") }
    return remember(s, { words = ok and labels or { said(list) }, list = ids }, texts)
end

-- s:look(case, seen) -> { form, delivery, required, price }; seen: what the other side saw
function methods:look(case, seen)
    local delivery = case.delivery
    delivery.medium = case.medium
    return { form = form_errors(self, case, "form", case.values, seen), delivery = form_errors(self, case, "delivery", delivery, seen),
        required = required(self, case, seen), price = case.submitted and price_of(self, case) or {} }
end

-- All that decisions depend on beside the recorded facts.
local function key_of(s, case, live, own)
    local key = table.concat({ case.kind, own.required.text, live.required.text, own.price.total or "", live.price.total or "",
        #own.form.list, #own.delivery.list }, "\n")
    return (s.flow.all or s.flow.words.values) and key .. json.encode(case.values) or key
end

-- What is missing under these rules: what the live ones do not ask for cannot have been handed in.
local function missing(told, live, own)
    local was, asked, out = {}, {}, json.array {}
    for _, id in ipairs(told.facts.missing or {}) do
        was[id] = true
    end
    for _, id in ipairs(live.required.list) do
        asked[id] = true
    end
    for _, id in ipairs(own.required.list) do
        out[#out + 1] = (was[id] or not asked[id]) and id or nil
    end
    return out
end

local function facts_of(case, told, live, own)
    local total = told.facts.total
    local errors = told.event == "submit" and own.form.list or told.event == "printed" and own.delivery.list or json.array {}
    return rules.with(told.facts, { by = told.by, reason = told.reason and "x" or "", values = case.values, errors = errors,
        missing = missing(told, live, own), total = total and total == live.price.total and own.price.total or total })
end

local function state_words(s, kind, name)
    local ok, state = pcall(s.b.state, s.b, kind, name)
    return ok and state.label .. "（" .. name .. "）" or name
end

local function has_state(s, kind, name)
    return (pcall(s.b.state, s.b, kind, name))
end

local function ask(s, case, told, live, own)
    if not has_state(s, case.kind, told.from) then
        return { state = "没有状态 " .. told.from, effects = {}, messages = {} }
    end
    local ok, answer = pcall(s.b.next, s.b, case.kind, told.from, told.event, facts_of(case, told, live, own))
    if not ok then
        return { state = "不接受：" .. said(answer), effects = {}, messages = {} }
    elseif answer.refused then
        return { state = "拒绝：" .. tostring(answer.refused), effects = {}, messages = {} }
    end
    return { state = state_words(s, case.kind, answer.state), taken = true, effects = answer.effects, messages = answer.notify }
end

-- The answers to events whose facts differ only in what no flow reads.
local function group_of(s, place, told)
    local group = s.told[place]
    if not group then
        local id = json.encode { told.event, told.from, told.by, told.reason, reads.some(s.flow, told.facts) }
        group = s.groups[id] or {}
        s.groups[id], s.told[place] = group, group
        told.words = told.words or "“" .. event_words.event(told.event) .. "”（" .. told.from .. "）"
    end
    return group
end

-- s:decide(case, place, told, live, own) -> { state (in words), taken, effects, messages }; live, own: what both sides saw
function methods:decide(case, place, told, live, own)
    local group = group_of(self, place, told)
    own.key = own.key or key_of(self, case, live, own)
    local answer = group[own.key]
    if not answer then
        answer = ask(self, case, told, live, own)
        group[own.key] = answer
    end
    return answer
end

return side
