-- SPDX-License-Identifier: Apache-2.0
-- credential: changes of what an account is entered with: password, phone, mail address. Each ends the sessions that began
-- with the old one and is told to where the account can be reached.
local account = use "system/service/account"
local challenge = use "system/service/challenge"
local judge = use "lib/field"
local quota = use "system/service/quota"
local registration = use "system/service/registration"
local session = use "system/service/session"

local credential = {}

local PHONE_WAITS = 48 * 3600 * 1000
local OWN_TRIES = { { 10, 3600 * 1000 } }

-- credential.is_own(user, password) -> whether it is the user's; nil and a sentence after too many tries
function credential.is_own(user, password)
    local key = quota.key("own", user.account)
    local wait = store.tx(function(tx)
        return quota.take(tx, key, OWN_TRIES)
    end)
    if wait > 0 then
        return nil, "尝试次数太多，请 " .. quota.text(wait) .. "后再试"
    end
    local row = store.get("account", user.account)
    if not crypto.password_verify(password, row and row.password or "") then
        return nil, "现在的密码不正确"
    end
    store.tx(function(tx)
        quota.clear(tx, key)
    end)
    return true
end

local function set_password(tx, key, hash)
    local row = tx:get("account", key)
    row.password, row.setup_until = hash, nil
    tx:put("account", key, row)
    tx:append("audit", key, { event = "account.password" })
    account.tell(tx, key, row, "密码")
end

-- A new password for somebody logged in: all sessions end, the caller begins a new one and gets its token.
function credential.change_password(req, user, password)
    local hash, ended = crypto.password_hash(password), nil
    local token = session.start(req, user.account, function(tx)
        ended = session.close_all(tx, user.account)
        set_password(tx, user.account, hash)
    end)
    session.hang_up(ended)
    return token
end

-- A new password for somebody who proved to have the phone or the mailbox: whether there was such an account.
function credential.reset(name, password, proof)
    local hash, tries = crypto.password_hash(password), quota.key("login", name)
    local row, ended = account.find(name), nil
    local done = store.tx(function(tx)
        if not row or not challenge.spend(tx, proof) then
            return false
        end
        ended = session.close_all(tx, row.key)
        set_password(tx, row.key, hash)
        quota.clear(tx, tries)
        return true
    end)
    session.hang_up(ended or {})
    return done
end

-- Mails the link that confirms a new address, or the present one again.
function credential.ask_email(user, email)
    local made = registration.new_link(email)
    store.tx(function(tx)
        registration.send_link(tx, made, user.account)
    end)
end

local function put_phone(tx, key, row, phone)
    account.tell(tx, key, row, "手机号码")
    row.phone, row.phone_verified_at, row.change = phone, tx:now(), nil
    row.state = row.state == "new" and "active" or row.state
    account.set_logins(tx, key, row)
    tx:put("account", key, row)
    tx:append("audit", key, { event = "account.phone" })
end

-- A phone that was proved by a code. The first one holds at once; another takes two days, during which the old one hears of
-- it. proofs: of the new phone, and of the mailbox when there is an old phone. -> "now" | "waits", or nil and "spent", "taken"
function credential.set_phone(user, phone, proofs)
    return store.tx(function(tx)
        if account.is_taken(tx, phone, user.account) then
            return nil, "taken"
        end
        for _, proof in ipairs(proofs) do
            if not challenge.spend(tx, proof) then
                return nil, "spent"
            end
        end
        local row = tx:get("account", user.account)
        if not row.phone_verified_at then
            put_phone(tx, user.account, row, phone)
            return "now"
        end
        row.change = { phone = phone, at = tx:now() + PHONE_WAITS }
        tx:put("account", user.account, row)
        tx:enqueue("account.phone", { account = user.account, phone = phone }, row.change.at)
        account.tell(tx, user.account, row, "手机号码（48 小时后生效，可在账号设置中取消）")
        return "waits"
    end)
end

-- Takes a waiting change back.
function credential.keep_phone(user)
    store.tx(function(tx)
        local row = tx:get("account", user.account)
        row.change = nil
        tx:put("account", user.account, row)
        tx:append("audit", user.account, { event = "account.phone_kept" })
    end)
end

-- The waiting change comes into force: a job's transaction. Without effect when it was taken back or replaced.
function credential.settle_phone(tx, key, phone)
    local row = tx:get("account", key)
    local change = row and row.change
    if change and change.phone == phone and change.at <= tx:now() and not account.is_taken(tx, phone, key) then
        put_phone(tx, key, row, phone)
        return session.close_all(tx, key)
    end
    return {}
end

local function set_by_staff(staff, key, phone, why)
    local ended = store.tx(function(tx)
        local row = tx:get("account", key) or fail("E_NOT_FOUND", "没有这个账号")
        if account.is_taken(tx, phone, key) then
            fail("E_CONFLICT", "这个手机号码已经用于另一个账号")
        end
        put_phone(tx, key, row, phone)
        tx:append("audit", key, { event = "account.phone_by_staff", by = staff.account, why = why })
        return session.close_all(tx, key)
    end)
    session.hang_up(ended)
end

local function check(given)
    local found = account.find(account.login_name(given.login))
    local phone, _, sentence = judge.check({ id = "phone", type = "mobile", label = "新手机号码", required = true }, given.phone)
    local why, errors = text.trim(text.normalize(given.reason)), {}
    if not found or found.state == "locked" then
        errors[1] = { field = "login", code = "unknown", message = "没有这个用户名，请逐字核对" }
    elseif store.get("staff", found.key) then
        errors[1] = { field = "login", code = "staff", message = "工作人员的账号不能在这里更换" }
    end
    errors[#errors + 1] = not phone and { field = "phone", code = "format", message = sentence } or nil
    errors[#errors + 1] = why == "" and { field = "reason", code = "missing", message = "请写明核对了什么证明" } or nil
    return found, phone, why, errors
end

-- credential.replace_phone(staff, { login, phone, reason }) -> nil, or errors: somebody of the staff has seen the person and sets the
-- phone at once. E_DENIED, E_CONFLICT.
function credential.replace_phone(staff, given)
    if not (staff.roles.reviewer or staff.roles.counter) then
        fail("E_DENIED", "只有审核员或受理员可以为他人更换手机号码")
    end
    local found, phone, why, errors = check(given)
    if #errors > 0 then
        return errors
    end
    set_by_staff(staff, found.key, phone, why)
    return nil
end

return credential
