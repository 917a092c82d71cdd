-- SPDX-License-Identifier: Apache-2.0
-- account: who logs in. Phone and mail address are attributes with the moment of their confirmation; `logins` holds the
-- confirmed ones (and the names of staff), each of them good for logging in.
-- Row: { logins, shown ("phone" | "email" | "name"), name (staff), phone, phone_verified_at, email, email_verified_at,
--        password, state ("new" | "active" | "locked"), created, change (a new phone that waits) }
local judge = use "lib/field"
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

-- Whether a captcha or a code is asked before the next try.
function account.is_doubtful(name)
    return quota.used(nil, quota.key("login", name), HOUR, time.now()) >= FREE_TRIES
end

-- The try is counted before the password is looked at, so that tries side by side count too.
local function count_try(key)
    return store.tx(function(tx)
        return quota.take(tx, key, TRIES)
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

-- account.enter(typed name, password) -> row, or nil and the milliseconds to wait (0: user name or password is wrong).
-- Known and unknown names take the same way and the same time.
function account.enter(typed, password)
    local name = account.login_name(typed)
    local key = quota.key("login", name)
    local wait = count_try(key)
    if wait > 0 then
        return nil, wait
    end
    local row = account.find(name)
    local good = crypto.password_verify(password, row and row.password or "")
    if not good or row.state ~= "active" then
        return nil, 0
    end
    if crypto.password_is_outdated(row.password) then
        improve(row.key, password)
    end
    return row, key
end

return account
