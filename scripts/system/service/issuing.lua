-- SPDX-License-Identifier: Apache-2.0
-- issuing: from an approved case to its certificate: ticket, signer, and the hall's copy. Whoever comes to the end first writes
-- it: the request itself, a second one beside it, or the job that follows the signer after a crash.
local case = use "system/service/case"
local download = use "system/service/download"
local form_hash = use "system/service/form_hash"
local order = use "system/service/order"

local issuing = {}

-- The paid order of the case and the place of its first line there; "" and 0 when two officers waived it.
local function paid_line(tx, row)
    for _, one in ipairs(tx:list("order", { index = "case", equal = { row.key }, limit = 50 }).rows) do
        for i, line in ipairs(one.row.state == "paid" and one.row.lines or {}) do
            if line.case == row.key and not order.has_left(one.row, row.key) then
                return one.key, i - 1
            end
        end
    end
    return "", 0
end

-- issuing.ticket(tx, row, spki) -> the licence for this key. E_DENIED names what is missing; E_CONFLICT: a certificate for
-- another key lives.
function issuing.ticket(tx, row, spki)
    return download.ticket(tx, row.key, spki, function()
        local paid, line = paid_line(tx, row)
        return tx:ticket { case = row.key, order = paid, line = line, spki_sha256 = spki, form_sha256 = form_hash.of(row) }
    end)
end

function issuing.by_serial(r, serial)
    local found = r:list("certificate", { index = "serial", equal = { serial }, limit = 1 }).rows[1]
    return found and found.key, found and found.row
end

-- issuing.living(r, case key) -> key, row of the newest certificate that is valid or frozen, or nil
function issuing.living(r, key)
    for _, one in ipairs(r:list("certificate", { index = "case", equal = { key }, descending = true, limit = 20 }).rows) do
        if one.row.state == "valid" or one.row.state == "frozen" then
            return one.key, one.row
        end
    end
    return nil
end

-- issuing.was_used(r, case key, spki): whether an earlier certificate of the case, not good any more, has this key
function issuing.was_used(r, key, spki)
    for _, one in ipairs(r:list("certificate", { index = "case", equal = { key }, limit = 20 }).rows) do
        if one.row.spki == spki and one.row.state == "revoked" then
            return true
        end
    end
    return false
end

-- Whoever holds the case holds its certificate.
local function grant_holders(tx, case_key, key)
    for _, one in ipairs(tx:list("grant", { index = "object", equal = { case_key }, limit = 50 }).rows) do
        local g = one.row
        if not g.ended and (g["until"] == 0 or g["until"] > tx:now()) then
            tx:grant { account = g.account, object = key, role = "holder", why = "certificate of the application" }
        end
    end
end

local function write(tx, row, ticket, made)
    local key = tx:key()
    tx:insert("certificate", key, { case = row.key, kind = row.kind, ticket = made.ticket, serial = made.serial, sha256 = made.sha256,
        authority = made.authority, spki = ticket.spki, profile = ticket.profile, der = crypto.base64(made.der),
        not_before = made.not_before * 1000, not_after = made.not_after * 1000, state = "valid", issued = tx:now(), changed = 0,
        reason = 0, medium = row.medium, template = row.template, subject = row.subject, user_name = row.user_name, unit = row.unit,
        number = row.number, told = json.array {}, wanted = "" })
    grant_holders(tx, row.key, key)
    return key
end

-- A certificate made anew in place of one that was given up finds its case at the end of the flow already.
local function move_on(tx, row, made)
    local system = { account = "", as = "system" }
    if case.knows(row, "downloaded", "system") then
        case.fire(tx, row, "downloaded", system, { say = { expiry = time.date(made.not_after * 1000) } })
    else
        tx:append("audit", row.key, { event = "certificate.issued", serial = made.serial })
    end
end

-- issuing.settle(tx, made) -> key of the certificate; made: what issuer.issue gave. Doing it again does nothing.
function issuing.settle(tx, made)
    tx:ticket_settle { ticket = made.ticket, serial = made.serial, der_sha256 = made.sha256, not_after_ms = made.not_after * 1000 }
    local known = issuing.by_serial(tx, made.serial)
    if known then
        return known
    end
    local ticket = tx:get("ticket", made.ticket)
    local row = tx:get("case", ticket.case)
    row.key = ticket.case
    local key = write(tx, row, ticket, made)
    download.spend(tx, row.key, ticket.spki)
    move_on(tx, row, made)
    return key
end

return issuing
