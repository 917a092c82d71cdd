-- SPDX-License-Identifier: Apache-2.0
-- bundle_preview: what a bundle would show, as plain data: its flow as a graph, its forms, prices, materials, papers and messages
-- with invented facts. Runs in the process that checks.
local business = use "lib/business"
local flows = use "lib/business/flows"
local names = use "lib/bundle_preview/names"
local rules = use "lib/business/rules"
local sample = use "lib/bundle_preview/sample"
local shown = use "lib/bundle_preview/shown"

local bundle_preview = {}

local TODAY = "2026-11-24"

local function open(hash)
    return business.open(hash, hash)
end

local function kinds_of(b)
    local kinds = json.array {}
    for i, kind in ipairs(b:kinds()) do
        kinds[i] = { id = kind.id, label = kind.label, flow = kind.flow }
    end
    return kinds
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

-- A kind by its id, or the first whose flow stands in the file.
local function kind_of_flow(kinds, wanted)
    for _, kind in ipairs(kinds) do
        if kind.id == wanted or "flows/" .. kind.flow .. ".lua" == wanted then
            return kind.id
        end
    end
    return kinds[1].id
end

-- bundle_preview.flow(hash, kind or file) -> { kind, kinds, start, states = { { name, label, file, final, after, edges } } }
function bundle_preview.flow(hash, wanted)
    local b = open(hash)
    local kinds = kinds_of(b)
    local id = kind_of_flow(kinds, wanted)
    local flow, states = b:flow(id), json.array {}
    for i, name in ipairs(flow.order) do
        local state = flow.states[name]
        states[i] = { name = name, label = state.label, file = state.source .. ".lua", final = state.final == true,
            after = state.after and state.after.days, edges = edges_of(state) }
    end
    return { kind = id, kinds = kinds, start = flow.start, states = states }
end

-- bundle_preview.names(hash) -> list of { what, label, info }: what files refer to
function bundle_preview.names(hash)
    return names.of(open(hash))
end

local function kind_of(b, args, owner)
    local wanted = owner and owner.kind or args.kind
    return b:kind((wanted or "") ~= "" and wanted or b:kinds()[1].id)
end

local function settled(args)
    local chosen = {}
    for name, value in pairs(args.chosen or {}) do
        chosen[name] = value ~= "" and value or nil
    end
    return chosen, args.date or TODAY
end

local function quote(b, kind, values, day)
    return b:quote { quote_date = day, order = { { case = "1", kind = kind.id, values = values } } }
end

-- bundle_preview.make(hash, { kind or file, chosen = { field = value }, date, what, section, posted }) -> { kind, kinds, date, choices,
-- forms, papers, quote } and what was asked for: what = nil: materials, messages; "form", "delivery", "invoice": form; the id of a
-- paper: paper
function bundle_preview.make(hash, args)
    local b = open(hash)
    local owner = args.file and shown.owner(b, args.file)
    local kind, what = kind_of(b, args, owner), owner and owner.which or args.what
    local chosen, day = settled(args)
    local values = sample.values(b, kind.id, chosen)
    local clean = b:check(kind.id, values, { today = day })
    local delivery = sample.others(b, kind.id, "delivery", clean, chosen)
    local out = { kind = kind.id, kinds = kinds_of(b), date = day, choices = shown.choices(b, kind, rules.with(delivery, values)), forms = shown.forms(b, kind),
        papers = shown.papers(b, kind), quote = quote(b, kind, clean, day), what = what }
    if what == "form" then
        out.form = shown.form(b, kind, what, args.section, values, day, args.posted)
        out.quote = quote(b, kind, b:check(kind.id, out.form.values, { today = day }), day)
    elseif what == "delivery" or what == "invoice" then
        out.form = shown.form(b, kind, what, nil, sample.others(b, kind.id, what, clean, chosen), day, args.posted)
    elseif what then
        out.paper = shown.paper(b, kind, what, sample.facts(kind, clean, out.quote))
    else
        out.materials = shown.materials(b, kind, clean, delivery.delivery or "none")
        out.messages = shown.messages(b, sample.facts(kind, clean, out.quote))
    end
    return out
end

return bundle_preview
