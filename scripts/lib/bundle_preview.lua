-- SPDX-License-Identifier: Apache-2.0
-- bundle_preview: what a bundle would show, as plain data: its flow as a graph, its form, prices, papers and messages with
-- invented facts. Runs in the process that checks.
local business = use "lib/business"
local flows = use "lib/business/flows"
local rules = use "lib/business/rules"

local bundle_preview = {}

local TODAY = "2026-11-24"

local function open(hash)
    return business.open(hash, hash)
end

local function edges_of(state)
    local events, out = {}, json.array {}
    for event in pairs(state.on or {}) do
        events[#events + 1] = event
    end
    table.sort(events)
    for _, event in ipairs(events) do
        local transition = state.on[event]
        for _, to in ipairs(flows.targets(transition)) do
            out[#out + 1] = { event = event, to = to, by = json.array(transition.by or {}), guard = transition.guard == true, choose = transition.choose == true }
        end
    end
    return out
end

-- bundle_preview.flow(hash, kind) -> { kind, kinds, start, states = { { name, label, file, final, after, edges } } }
function bundle_preview.flow(hash, kind_id)
    local b = open(hash)
    local kinds = json.array {}
    for i, kind in ipairs(b:kinds()) do
        kinds[i] = { id = kind.id, label = kind.label }
    end
    local id = kind_id ~= "" and kind_id or kinds[1].id
    local flow, states = b:flow(id), json.array {}
    for i, name in ipairs(flow.order) do
        local state = flow.states[name]
        states[i] = { name = name, label = state.label, file = state.source .. ".lua", final = state.final == true,
            after = state.after and state.after.days, edges = edges_of(state) }
    end
    return { kind = id, kinds = kinds, start = flow.start, states = states }
end

-- The values of the first test of the kind are the invented applicant.
local function sample(b, kind_id)
    for _, name in ipairs(bundle.files(b:hash())) do
        local file = string.match(name, "^(tests/.+)%.lua$")
        local test = file and rules.read(b.r, file)
        if test and test.kind == kind_id then
            return test.values
        end
    end
    return {}
end

local function facts_of(values, kind)
    return { kind = kind.label, number = "20261124000000000017", name = "李示范", subject = "示范建筑工程有限公司", amount = "620.00",
        reason = "材料不清晰", code = "123456", minutes = 10, hours = 24, link = "https://example.com/h/sample", days = 30, count = 1,
        expiry = "2027-11-24", ["until"] = "2027-01-24", values = values, state = "材料提交", time = "2026年11月24日 09:00",
        courier = "示范快递", tracking = "SF0000000000", point = "示范受理点", what = "冻结", total = 62000, lines = {} }
end

local function joined(said)
    return type(said) == "table" and table.concat(said, "\n") or said
end

-- What cannot be made with the invented facts is left out.
local function messages_of(b, facts)
    local ids, out = {}, json.array {}
    for _, file in ipairs { "messages/sms", "messages/mail" } do
        for id in pairs(rules.read(b.r, file)) do
            ids[id] = true
        end
    end
    for _, id in ipairs(rules.keys(ids)) do
        local ok, made = pcall(b.render, b, id, facts)
        for _, one in ipairs(ok and made or {}) do
            out[#out + 1] = { id = id, channel = one.channel, to = one.to, subject = one.subject, text = joined(one.text or one.body) }
        end
    end
    return out
end

local function papers_of(b, kind, values)
    local out = json.array {}
    for _, id in ipairs(kind.prints or {}) do
        local ok, made = pcall(b.document, b, id, { kind = kind.id, values = values, number = "20261124000000000017", blank = false,
            link = "https://example.com/query", total = 0, lines = {} })
        out[#out + 1] = ok and made or nil
    end
    return out
end

local function overlay(values, chosen)
    local out = rules.with(values, {})
    for name, value in pairs(chosen or {}) do
        out[name] = value ~= "" and value or out[name]
    end
    return out
end

-- bundle_preview.make(hash, { kind, chosen = { field = value } }) -> { kind, kinds, title, sections, quote, papers, messages }
function bundle_preview.make(hash, args)
    local b, kinds = open(hash), json.array {}
    for i, kind in ipairs(b:kinds()) do
        kinds[i] = { id = kind.id, label = kind.label }
    end
    local kind = b:kind(args.kind ~= "" and args.kind or kinds[1].id)
    local values = overlay(rules.with(b:defaults(kind.id, "form"), sample(b, kind.id)), args.chosen)
    local clean = b:check(kind.id, values, { today = TODAY })
    return { kind = kind.id, kinds = kinds, title = b:form(kind.id).title, values = values,
        sections = b:sections(kind.id, values, { today = TODAY }),
        quote = b:quote { quote_date = TODAY, order = { { case = "1", kind = kind.id, values = clean } } },
        papers = papers_of(b, kind, clean), messages = messages_of(b, facts_of(clean, kind)) }
end

return bundle_preview
