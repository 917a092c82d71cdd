-- SPDX-License-Identifier: Apache-2.0
-- message: SMS and mail: written in the transaction of what they tell about, sent by a job, which merges notices: nothing here
-- reads what else goes to the same number, so that no two transactions meet there. In try-it mode the rows are the inbox.
local live = use "system/service/live"

local message = {}

local function field_of(row, name)
    local value = row.values[name]
    return type(value) == "string" and value ~= "" and value or nil
end

local function listed(...)
    local out = {}
    for _, value in ipairs { ... } do
        out[#out + 1] = value
    end
    return out
end

-- The fields of the person whose face is checked: "handler" or "applicant".
local function person_phone(row, kind)
    return field_of(row, kind.person .. "_mobile") or field_of(row, kind.person .. "_phone")
end

local function notified(row, kind)
    local out = {}
    for _, name in ipairs(kind.fields.notify) do
        out[#out + 1] = field_of(row, name)
    end
    return out
end

local recipients = {
    given = function(_, _, opts) return listed(opts.to) end,
    account = function(_, _, opts) return listed(opts.account and opts.account.email or opts.to) end,
    subject = function(row, kind) return listed(row.mail_to or field_of(row, kind.fields.email)) end,
    person = function(row, kind) return listed(person_phone(row, kind)) end,
    applicant = function(row, kind) return listed(field_of(row, "applicant_mobile") or notified(row, kind)[1]) end,
    handler = function(row, kind, _, channel)
        if channel == "mail" then
            return listed(field_of(row, (string.gsub(kind.fields.handler, "_name$", "_email"))))
        end
        return notified(row, kind)
    end,
}

local function write(tx, row, made, to, opts)
    local key = tx:key()
    tx:insert("message", key, { channel = made.channel, id = made.id, to = to, case = row and row.key or "",
        account = opts.account and opts.account.key or "", subject = made.subject or "",
        text = made.text or table.concat(made.body, "\n\n"), params = made.params or {}, merge = made.merge == true,
        at = tx:now(), state = "queued" })
    tx:enqueue("message.send", { key = key })
end

-- Who has the application, for what concerns its handler while nobody is named yet.
local function owner_of(tx, row, channel)
    local account = tx:get("account", row.account)
    local to = account and account[channel == "mail" and "email" or "phone"]
    local confirmed = account and account[channel == "mail" and "email_verified_at" or "phone_verified_at"]
    return listed(confirmed and to or nil)
end

local function addressees(tx, row, kind, made, opts)
    local out = recipients[made.to](row, kind, opts, made.channel)
    if #out == 0 and made.to == "handler" then
        return owner_of(tx, row, made.channel)
    end
    return out
end

-- message.send(tx, case row or nil, id, facts, { to = for messages to `given`, account = { key, email } }): on every channel
-- that has the message, to everyone it names. Raises E_INVALID when a fact is missing.
function message.send(tx, row, id, facts, opts)
    local b = row and live.rules_of(row) or live.rules()
    local kind = row and b:kind(row.kind)
    opts = opts or {}
    for _, made in ipairs(b:render(id, facts)) do
        local fits = not opts.channel or opts.channel == made.channel
        for _, to in ipairs(fits and addressees(tx, row, kind, made, opts) or {}) do
            write(tx, row, made, to, opts)
        end
    end
end

-- message.mail_of(row) -> the certificate's mail address: that of the form, or what it was corrected to; ""
function message.mail_of(row)
    return row.mail_to or field_of(row, live.rules_of(row):kind(row.kind).fields.email) or ""
end

-- The newest messages of the inbox of try-it mode, those to one number or address when it is given.
function message.latest(limit, after, to)
    return store.list("message", { index = to and "to", equal = to and { to }, descending = true, limit = limit, after = after })
end

return message
