-- SPDX-License-Identifier: Apache-2.0
-- prints: documents for paper as plain blocks, all texts filled in, for whoever draws them.
local braces = use "lib/braces"
local choice = use "lib/field/choice"
local forms = use "lib/business/forms"
local messages = use "lib/business/messages"
local prices = use "lib/business/prices"
local rules = use "lib/business/rules"
local views = use "lib/business/views"
local when = use "lib/when"

local prints = {}

local NUMERALS = { "一", "二", "三", "四", "五", "六", "七", "八", "九", "十" }

-- 12 -> "十二", up to 99
local function numeral(n)
    if n <= 10 then
        return NUMERALS[n]
    end
    local tens, ones = n // 10, n % 10
    return (tens > 1 and NUMERALS[tens] or "") .. "十" .. (ones > 0 and NUMERALS[ones] or "")
end

local function field_text(doc, id)
    if not doc.facts.kind then
        return ""
    end
    local f = forms.get(doc.r, doc.facts.kind, "form").by_id[id]
    if not f then
        return ""
    end
    return forms.is_visible(f, doc.values) and views.text(doc.r, f, doc.values) or ""
end

local function lookup_of(doc)
    local known = {}
    for _, name in ipairs(doc.declared.needs) do
        known[name] = true
    end
    return function(name)
        local root, rest = string.match(name, "^(%a+)%.(.+)$")
        if root == "site" then
            return braces.at(rules.read(doc.r, "site"), rest)
        elseif root == "values" then
            return field_text(doc, rest)
        end
        return known[name] and doc.facts[name] or nil
    end
end

local make = {}

function make.heading(doc, b)
    return { text = doc.fill(b.text) }
end

function make.paragraph(doc, b)
    return { text = doc.fill(b.text), align = b.align }
end

function make.space(_, b)
    return { lines = b.lines }
end

function make.list(doc, b)
    local items = json.array {}
    for i, item in ipairs(b.items) do
        items[i] = doc.fill(item)
    end
    return { title = b.title, items = items }
end

function make.pairs(doc, b)
    local rows = json.array {}
    for i, row in ipairs(b.rows) do
        rows[i] = { label = row[1], text = doc.fill(row[2]) }
    end
    return { block = "table", rows = rows }
end

function make.section(doc, b)
    return { block = "table", title = b.title,
        rows = views.printed_rows(doc.r, doc.facts.kind, b.section, doc.values, doc.blank) }
end

function make.choice(doc, b)
    local f = forms.get(doc.r, doc.facts.kind, "form").by_id[b.field]
    if not f then
        return nil
    end
    local options = json.array {}
    for i, option in ipairs(f.options) do
        options[i] = { label = option.label, checked = doc.values[b.field] == option.value }
    end
    return { title = b.title, options = options, known = choice.option_of(f, doc.values[b.field]) ~= nil }
end

function make.prices(doc)
    return { columns = prices.columns, lines = doc.facts.lines or json.array {}, total = doc.facts.total }
end

function make.sign(_, b)
    return { title = b.title, boxes = b.boxes, date = b.date == true }
end

function make.qr(doc, b)
    return { text = doc.fill(b.text), caption = b.caption }
end

function make.articles(doc, b)
    local source = messages.content(doc.r, b.of)
    local items = json.array {}
    for i, article in ipairs(source.articles) do
        items[i] = { number = "（" .. numeral(i) .. "）", text = article }
    end
    return { title = source.title, version = source.version, preface = source.preface, items = items, closing = source.closing }
end

prints.blocks = make

local function check_needs(declared, facts)
    for _, name in ipairs(declared.needs) do
        if facts[name] == nil then
            fail("E_INVALID", "print: the fact " .. name .. " is missing")
        end
    end
end

-- What cannot be known of a blank form is left open.
local function with_gaps(declared, facts)
    local full = rules.with(facts)
    for _, name in ipairs(declared.needs) do
        full[name] = full[name] or ""
    end
    return full
end

local function open(r, id, facts)
    local declared = rules.read(r, "print/" .. id)
    local blank = facts.blank == true
    if not blank then
        check_needs(declared, facts)
    end
    local doc = { r = r, id = id, declared = declared, blank = blank, facts = blank and with_gaps(declared, facts) or facts,
        values = facts.values or {} }
    local lookup = lookup_of(doc)
    doc.fill = function(template) return braces.fill(template, lookup) end
    return doc
end

-- prints.document(r, id, facts) -> { id, title, size, small, header = { left, right }, mark, blocks }
function prints.document(r, id, facts)
    local doc = open(r, id, facts)
    local declared = doc.declared
    local out = { id = id, title = declared.title, size = declared.size, small = declared.small == true, blocks = json.array {},
        header = { left = doc.fill(declared.header.left), right = doc.fill(declared.header.right) },
        mark = not doc.blank and facts.kind and facts.values and views.mark(r, facts.kind, facts.values) or nil }
    for _, b in ipairs(declared.blocks) do
        if when.fits(b.when, doc.facts) then
            local made = make[b.block](doc, b)
            if made then
                made.block = made.block or b.block
                out.blocks[#out.blocks + 1] = made
            end
        end
    end
    return out
end

return prints
