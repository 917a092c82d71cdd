-- SPDX-License-Identifier: Apache-2.0
-- facts: what money and trust record of an invented case, by the same functions that record it of a real one.
local effect = use "system/service/effect"
local invent = use "system/seed/invent"

local facts = {}

local SELLER = "seed"

function facts.begin(tx, c)
    tx:grant { account = c.account, object = c.row.key, role = "owner", why = "made the application" }
    tx:agree { case = c.row.key, version = c.agreement.version, sha256 = c.agreement.sha256, by = c.account }
    c.row.agreement = { version = c.agreement.version, sha256 = c.agreement.sha256, at = c.row.created }
end

function facts.materials(tx, c)
    for i, id in ipairs(c.required) do
        tx:material_add { case = c.row.key, type = id, blob = string.sub(invent.digest(c.n, "blob" .. i), 1, 32),
            sha256 = invent.digest(c.n, id), mark = c.mark, by = c.account }
    end
end

function facts.identity(tx, c)
    tx:identify { case = c.row.key, person = invent.digest(c.n, "person"), document_mac = invent.digest(c.n, "document"),
        method = "face", provider = "try", evidence = invent.digest(c.n, "face") }
    c.row.person = invent.digest(c.n, "person")
end

function facts.order(tx, c)
    local lines = {}
    for i, l in ipairs(c.quote.lines) do
        lines[i] = { case = c.row.key, item = l.item, label = l.label, fen = l.total }
    end
    c.row.order = tx:order_open { lines = lines, bundle = c.row.bundle, quote_date = c.quote.quote_date, by = c.account }
    c.row.total = c.quote.total
end

function facts.payment(tx, c)
    local out_no = tx:attempt { order = c.row.order, channel = "try", by = c.account }
    tx:notice { channel = "try", trade_no = "SEED" .. c.n, out_no = out_no, fen = c.quote.total, currency = "CNY", seller = SELLER,
        our_seller = SELLER, app = SELLER, our_app = SELLER, payer = "", paid_ms = tx:now(), success = true }
end

function facts.approval(tx, c)
    tx:approve { case = c.row.key, stage = 1, stages = 1, form_sha256 = c.form, required = c.required, subject = c.subject,
        profile = c.profile, years = tonumber(c.row.values.years), renews = "", parties = {}, by = c.reviewer, as = "reviewer" }
    c.row.approvals = 1
end

function facts.paper(tx, c)
    tx:paper { case = c.row.key, by = c.counter, as = "counter" }
    c.row.paper = tx:now()
end

-- The right to download, and for a token its parcel.
function facts.activation(tx, c)
    local ctx = { event = "approve", from = "paper", actor = { account = "", as = "system" }, facts = {}, extra = {}, b = c.b }
    effect.run("issue", tx, c.row, ctx)
    if c.medium == "ukey" then
        effect.run("ship", tx, c.row, ctx)
    end
end

local function certificate_row(tx, c, ticket, serial, not_after)
    local row = c.row
    return { case = row.key, kind = row.kind, ticket = ticket, serial = serial, sha256 = invent.digest(c.n, "der"), authority = "p256",
        spki = invent.digest(c.n, "key"), profile = c.profile, der = crypto.base64("seed " .. c.n), not_before = tx:now(),
        not_after = not_after, state = "valid", issued = tx:now(), changed = 0, reason = 0, medium = row.medium, template = row.template,
        subject = row.subject, user_name = row.user_name, unit = row.unit, number = row.number, told = json.array {}, wanted = "" }
end

-- The hall's half of a certificate: the signer has never heard of it.
function facts.certificate(tx, c)
    local days = 5 + invent.mixed(c.n, 71) % (365 * tonumber(c.row.values.years))
    local not_after, serial = tx:now() + days * 86400000, string.sub(invent.digest(c.n, "serial"), 1, 32)
    local ticket = tx:ticket { case = c.row.key, order = c.row.order, line = 0, spki_sha256 = invent.digest(c.n, "key"), form_sha256 = c.form }
    local id = json.decode(crypto.unbase64url(string.match(ticket, "^[^.]+"))).id
    tx:ticket_settle { ticket = id, serial = serial, der_sha256 = invent.digest(c.n, "der"), not_after_ms = not_after }
    local key = tx:key()
    tx:insert("certificate", key, certificate_row(tx, c, id, serial, not_after))
    tx:grant { account = c.account, object = key, role = "holder", why = "certificate of the application" }
end

return facts
