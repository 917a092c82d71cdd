-- SPDX-License-Identifier: Apache-2.0
-- account: who logs in. Phone and mail address are attributes with the moment of their confirmation; `logins` holds the
-- confirmed ones (and the names of staff), each of them good for logging in.
-- Row: { logins, shown ("phone" | "email" | "name"), name (staff), phone, phone_verified_at, email, email_verified_at,
--        password, state ("new" | "active" | "locked"), created, change (a new phone that waits), setup_until (until when the
--        operator's password may be changed into one's own; absent for all others) }
local challenge = use "system/service/challenge"
local judge = use "lib/field"
local message = use "system/service/message"
local quota = use "system/service/quota"

local account = {}

local HOUR = 3600 * 1000
local FREE_TRIES = 5
local TRIES = { { 10, HOUR } }

-- What was typed as user name, in the form it stands in `logins`.
function account.login_name(typed)
    local value = text.normalize(typed)
    if string.find(value, "@", 1, true) then
        return judge.check({ id = "email", type = "email", label = "" }, value) or string.lower(value)
    end
    return judge.check({ id = "phone", type = "tel", label = "" }, value) or string.lower(value)
end

-- account.find(name) -> row with its key, or nil
function account.find(name)
    local found = store.list("account", { index = "login", equal = { name }, limit = 1 }).rows[1]
    if found then
        found.row.key = found.key
    end
    return found and found.row
end

-- Inside a transaction: whether another account logs in by that name.
function account.is_taken(tx, name, but)
    local found = tx:list("account", { index = "login", equal = { name }, limit = 1, keys_only = true }).rows[1]
    return found ~= nil and found.key ~= but
end

function account.is_mobile(phone)
    return phone ~= nil and string.find(phone, "^1%d%d%d%d%d%d%d%d%d%d$") ~= nil
end

-- Whether a mobile number must be confirmed before the first application (S024). Staff have none.
function account.lacks_mobile(user)
    return next(user.roles) == nil and not (user.phone_verified_at and account.is_mobile(user.phone))
end

-- Inside a transaction: `logins` anew from what is confirmed. A landline cannot be called by a program: it is confirmed
-- with the mail address, unless somebody else has it already.
function account.set_logins(tx, key, row)
    local names = json.array {}
    if row.phone_verified_at or (row.email_verified_at and row.phone and not account.is_mobile(row.phone)) then
        names[1] = not account.is_taken(tx, row.phone, key) and row.phone or nil
    end
    if row.email_verified_at then
        names[#names + 1] = row.email
    end
    row.logins = names
end

-- Inside a transaction: says by SMS and mail, wherever they are confirmed, that something of the account has changed.
-- before: the row as it was, so that the old phone and address hear of it too.
function account.tell(tx, key, before, what)
    local facts = { what = what, time = time.text(tx:now()) }
    if before.phone_verified_at then
        message.send(tx, nil, "account_changed", facts, { to = before.phone, channel = "sms" })
    end
    if before.email_verified_at then
        message.send(tx, nil, "account_changed", facts, { account = { key = key, email = before.email }, channel = "mail" })
    end
end

-- Whether a captcha or a code is asked before the next try.
function account.is_doubtful(name)
    return quota.used(nil, quota.key("login", name), HOUR, time.now()) >= FREE_TRIES
end

-- The try is counted before the password is looked at, so that tries side by side count too. Gives what stands in the way:
-- nil, { wait = ms } or { doubtful = true }.
local function count_try(key, proof)
    return store.tx(function(tx)
        local used = quota.used(tx, key, HOUR, tx:now())
        if used >= FREE_TRIES and used < TRIES[1][1] and not (proof and challenge.spend(tx, proof)) then
            return { doubtful = true }
        end
        local wait = quota.take(tx, key, TRIES)
        return wait > 0 and { wait = wait } or nil
    end)
end

local function improve(key, password)
    task.spawn(function()
        local better = crypto.password_hash(password)
        store.tx(function(tx)
            local row = tx:get("account", key)
            if row then
                row.password = better
                tx:put("account", key, row)
            end
        end)
    end)
end

-- Whether the account was made by the operator and its first password not changed yet; and whether that is too old.
function account.is_new(row)
    return row.setup_until ~= nil
end

function account.is_late(row)
    return account.is_new(row) and row.setup_until <= time.now()
end

-- account.enter(typed name, password, proof or nil) -> row, key of its tries; or nil and { wait = ms }, { doubtful = true } or
-- { wrong = true }. Known and unknown names take the same way and the same time.
function account.enter(typed, password, proof)
    local name = account.login_name(typed)
    local key = quota.key("login", name)
    local hindrance = count_try(key, proof)
    if hindrance then
        return nil, hindrance
    end
    local row = account.find(name)
    local good = crypto.password_verify(password, row and row.password or "")
    if not good or row.state ~= "active" or account.is_late(row) then
        return nil, { wrong = true }
    end
    if crypto.password_is_outdated(row.password) then
        improve(row.key, password)
    end
    return row, key
end

return account
