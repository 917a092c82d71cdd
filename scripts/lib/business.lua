-- SPDX-License-Identifier: Apache-2.0
-- business: the one door to the rules of a bundle. Pages, API, services and jobs ask here and nowhere else.
--
--   local b = business.open(live, live)         the live rules: drafts, home page, messages, prints
--   local b = business.open(case.bundle, live)  the rules a case was pinned to at 提交数据; words and calendars stay the live ones
-- live is the hash of the published bundle; left out, each is the shipped one. A bundle must have been added (bundle.add).
--
-- Nothing here waits, reads a clock or touches the store; the caller brings every fact. Tables that come back are shared
-- declarations unless it says "new": nobody may change them. Money is whole fen; days are "2026-11-24"; values of forms are
-- texts (checkboxes: lists of texts). Errors are raised: E_NOT_FOUND unknown id, E_INVALID a fact is missing, E_SCRIPT the
-- bundle broke its contract, E_BUSY it was stopped or is suspended for this kind (in words; details.reason = "rules").
--
-- VALUES of an application, as check gives them and a case keeps them: { field id = text }, and beside them what follows:
--   "x.text" words of a region; "x.birth", "x.sex" (male | female) of an identity card; "x.prefix", "x.kind" of a credit
--   code; "x.key" a user name for comparison. Secret fields (answer) are plain here: the service hashes them and keeps "".
--
-- FACTS of a case, for next(); what is left out counts as written behind it:
--   by               who acts: applicant, person, reviewer, cashier, counter, system           required
--   today, quote_date                                                                          required
--   values           clean values of the application                                           {}
--   medium, delivery ukey | soft; courier | onsite | none                                      "", "none"
--   errors           open errors of the form that is handed in (submit: form, printed: delivery) {}
--   agreed           version of the agreement that was accepted, or false                      false
--   missing          b:missing(…): ids of required materials not uploaded or void              {}
--   identity         none | passed | manual (a reviewer will compare) | expired                "none"
--   paid             the order is paid, or waived by two officers                              false
--   refund           money was paid that goes back when the case ends now                      false
--   voucher          none | waiting | refused                                                  "none"
--   total            fen of the order                                                          0
--   approvals        reviewers who approved since the last return, the acting one included     0
--   claimed          a reviewer has taken the case                                             false
--   paper            the paper has arrived                                                     false
--   returned         returned items still open: "field:unit_name", "material:form", "identity" {}
--   own              the acting reviewer is a party of the case                                false
--   reason           what the reviewer or cashier wrote                                        ""
-- kind, state, event and options (of the flow) are added here. case, the key, is for the log; rules are not told.
--
-- FUNCTIONS OF A BUNDLE (whoever edits business/ keeps to this):
--   flow: guard(facts) -> true | sentence            choose(facts) -> one of the names in `to`
--   prices: price { quote_date, order = { { case, kind, values } … }, at } -> list of { item, count, fen, off, off_text }
local effects = use "lib/business/effects"
local forms = use "lib/business/forms"
local flows = use "lib/business/flows"
local materials = use "lib/business/materials"
local messages = use "lib/business/messages"
local prices = use "lib/business/prices"
local prints = use "lib/business/prints"
local region = use "lib/field/region"
local rules = use "lib/business/rules"
local views = use "lib/business/views"
local when = use "lib/when"

local methods = {}
local meta = { __index = methods }

local business = { effects = effects }

-- business.open(hash, live, closed) -> b; cheap: declarations are read once for each pair of hashes. closed(kind), if given, tells
-- whether administrators have closed a kind by hand: { text, to } or nil.
function business.open(hash, live, closed)
    return setmetatable({ r = rules.open(hash, live), closed = closed }, meta)
end

function methods:hash()
    return self.r.hash
end

-- Kinds ---------------------------------------------------------------------------------------------------------------

-- b:kinds() -> rows of kinds.lua in order; b:kind(id) -> one
function methods:kinds()
    return rules.read(self.r, "kinds")
end

function methods:kind(id)
    return rules.kind(self.r, id)
end

-- b:suspended(kind, today) -> { from, to, text } when no new application is taken today, else nil; to may be "": until further
-- notice. What administrators closed by hand goes before what the rules say.
function methods:suspended(kind, today)
    local s = rules.kind(self.r, kind).suspend
    local closed = self.closed and self.closed(kind)
    if closed and (closed.to == "" or today <= closed.to) then
        return closed
    end
    return s and s.from <= today and today <= s.to and s or nil
end

-- b:template(kind, medium) -> the row of templates.lua that will be issued, or nil when there is none on this medium
function methods:template(kind, medium)
    for _, id in ipairs(rules.kind(self.r, kind).templates) do
        local template = rules.row(rules.read(self.r, "templates").rows, id)
        for _, one in ipairs(template and template.issued and template.media or {}) do
            if one == medium then
                return template
            end
        end
    end
    return nil
end

-- b:list("lists.return_reasons") -> list of { value, label, … }; b:label("lists.business_types", "issue") -> "制作"
function methods:list(path)
    return rules.list(self.r, path)
end

function methods:label(path, value)
    local row = rules.row(rules.list(self.r, path), value)
    return row and row.label or value
end

-- Forms ---------------------------------------------------------------------------------------------------------------
-- which: "form" (the application), "delivery", "invoice"; nil means "form".

-- b:form(kind, which) -> { id, title, submit, needs, sections = { { id, title, heading, check, prices, fields } }, order, by_id }
-- A field: { id, section, type, label, hint, link = { label, href }, required, min, max, options, visible_when, required_when,
-- derive, document_of, feeds = { print, identity, price = true }, autocomplete, secret, mask, default, prefill }
function methods:form(kind, which)
    return forms.get(self.r, kind, which or "form")
end

-- b:check(kind, values, { which, section, today }) -> clean (new), errors (new): list of { field, section, code, message }
-- values: what is kept merged with what was posted. With a section only its fields are judged and come back. Hidden fields
-- do not come back: without a section clean is exactly what the case holds.
function methods:check(kind, values, opts)
    opts = opts or {}
    return forms.check(self.r, kind, opts.which or "form", values, opts)
end

-- b:defaults(kind, which, application) -> new values of an untouched form; delivery and invoice are prefilled from the
-- clean values of the application
function methods:defaults(kind, which, application)
    return forms.defaults(self.r, kind, which or "form", application or {})
end

-- b:sections(kind, values, { which, today }) -> new: visible sections and fields as part/form.html draws them: type (of
-- lib/widget), required, readonly, value, text (in words: check page, reviewer), tree (of a region)
function methods:sections(kind, values, opts)
    opts = opts or {}
    return views.sections(self.r, kind, opts.which or "form", values, opts.today)
end

-- b:changed(kind, before, after) -> new: { fields, print, identity, price }: what a change undoes (C28)
function methods:changed(kind, before, after)
    return views.changed(self.r, kind, before, after)
end

-- b:mark(kind, values) -> "3FA1B2C4", what printed paper and data must share
function methods:mark(kind, values)
    return views.mark(self.r, kind, values)
end

-- b:regions() -> the tree of the country { { code, name, children } … } for lib/region; b:region_words(code) -> text or nil
function methods:regions()
    return views.tree(self.r)
end

function methods:region_words(code)
    return region.words(code, rules.read(self.r, "regions"))
end

-- Materials and prices --------------------------------------------------------------------------------------------------

-- b:materials{ kind, values, delivery } -> new list, in the order of asking: { id, label, hint, required, upload, paper =
-- "original" | "copy" | false, limit (bytes), formats, long_side | dpi, dpi_strict, printed, blank, same_as }
function methods:materials(facts)
    return materials.list(self.r, facts)
end

-- b:required(facts) -> those that must be uploaded; b:missing(facts, { form = true, … }) -> ids not among them
function methods:required(facts)
    return materials.required(self.r, facts)
end

function methods:missing(facts, have)
    return materials.missing(self.r, facts, have)
end

-- b:quote{ quote_date, order = { { case, kind, values } … } } -> new: { lines = { { case, item, label, period, unit, fen, off,
-- off_text, total } … }, total, quote_date, valid_until, remark }; an order has 1 to 100 cases
function methods:quote(facts)
    return prices.quote(self.r, facts)
end

business.price_columns = prices.columns

-- Flow ----------------------------------------------------------------------------------------------------------------

-- b:flow(kind) -> { steps, start, options, states = { name = { name, label, step, tab, counters, who, final, on } }, order }
function methods:flow(kind)
    return flows.get(self.r, kind)
end

function methods:state(kind, name)
    return flows.state(self.r, kind, name)
end

-- b:counters(kind, state, { medium }) -> new list of the user centre's counters in which the case counts
function methods:counters(kind, state, facts)
    return when.ids(flows.state(self.r, kind, state).counters, facts)
end

-- b:events(kind, state, actor) -> new list of the events this actor may cause; b:next(kind, state, event, facts) -> new:
-- { state, changed, effects, notify } or { refused = sentence }. E_CONFLICT: no such event here. E_DENIED: not by this actor.
function methods:events(kind, state, actor)
    return flows.events(self.r, kind, state, actor)
end

function methods:next(kind, state, event, facts)
    return flows.next(self.r, kind, state, event, facts)
end

-- b:steps(kind, state, facts) -> new: { { label, number, status = done | current | todo } … } for the step bar
function methods:steps(kind, state, facts)
    return flows.steps(self.r, kind, state, facts)
end

-- b:timers(kind, state) -> new: { { days, event } | { days, remind = message } … }, counted from entering the state
function methods:timers(kind, state)
    return flows.timers(self.r, kind, state)
end

-- b:calendar() -> { holidays = { dates }, workdays = { dates } } for workday.check, workday.add and workday.count
function methods:calendar()
    return rules.make(self.r, "calendar", function()
        local declared = rules.read(self.r, "calendar")
        return { holidays = rules.keys(declared.holidays), workdays = rules.keys(declared.workdays) }
    end)
end

-- b:due(kind, state, date) -> the day at whose end the state should be left, or nil
function methods:due(kind, state, date)
    local due = flows.state(self.r, kind, state).due
    return due and workday.add(date, due.workdays, self:calendar()) or nil
end

-- Words ---------------------------------------------------------------------------------------------------------------

-- b:site() -> site.lua; b:content("home" | "agreement" | "guides" | "news" | "faq") -> with the site's names put in
function methods:site()
    return rules.read(self.r, "site")
end

function methods:content(name)
    return messages.content(self.r, name)
end

-- b:text(id, facts) -> new: paragraphs of content/texts.lua
function methods:text(id, facts)
    return messages.text(self.r, id, facts)
end

-- b:render(id, facts) -> new: { { channel = "sms", to, merge, text, params } | { channel = "mail", to, subject, body } … }
function methods:render(id, facts)
    return messages.render(self.r, id, facts)
end

-- b:document(id, facts) -> new: { id, title, size, small, header = { left, right }, mark, blocks }; facts: kind, values and
-- what the document `needs` (number, link, total, lines …), or blank = true
-- Blocks by .block: heading{text} paragraph{text, align} list{title, items} table{title, rows = {{label, text}}} choice{title,
-- options = {{label, checked}}} prices{columns, lines, total} sign{title, boxes = {{label, kind}}, date} qr{text, caption}
-- articles{title, version, preface, items = {{number, text}}, closing} space{lines}
function methods:document(id, facts)
    return prints.document(self.r, id, facts)
end

return business
