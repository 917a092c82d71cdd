-- SPDX-License-Identifier: Apache-2.0
-- registration: a new account, and the mailed link that confirms a mail address. A code by SMS confirms the phone at once;
-- with a captcha the account is good when the link has been opened. Who is registered already is told only to those who have
-- the phone or the mailbox.
local account = use "system/service/account"
local challenge = use "system/service/challenge"
local message = use "system/service/message"
local judge = use "lib/field/password"
local quota = use "system/service/quota"

local registration = {}

local HOURS = 24
local LINK_MS = HOURS * 3600 * 1000
local UNCONFIRMED_MS = 7 * 24 * 3600 * 1000
local LINK_RULES = { { 5, 3600 * 1000 }, { 10, 24 * 3600 * 1000 } }

-- label names a field in sentences, ask is what stands above it.
registration.fields = {
    { id = "phone", type = "tel", label = "手机号码或主要联系电话", ask = "请输入您的手机号码或主要联系电话", required = true,
        hint = "固定电话请带区号，例如 0731-88888888" },
    { id = "email", type = "email", label = "常用电子邮箱地址", ask = "请输入您的常用电子邮箱地址", required = true,
        hint = "用于接收通知和证书下载授权码" },
    { id = "shown", type = "radio", label = "作为网站登录用户名", required = true, inline = true,
        hint = "页面上显示的用户名。手机号码和邮箱确认后都可以用来登录。",
        options = { { value = "phone", label = "手机号码或联系电话" }, { value = "email", label = "电子邮箱" } } },
    { id = "password", type = "password", label = "密码", ask = "请输入您的密码", autocomplete = "new-password", required = true,
        hint = "至少 8 位，可以粘贴。请输入登录网站的密码作为第一次登录网站的密码。以后您可以在用户中心修改自己的密码。" },
    { id = "password2", type = "password", label = "密码", ask = "请再次输入您的密码", required = true },
}

for _, field in ipairs(registration.fields) do
    field.missing = field.ask
end

-- What a new password must also not contain, and that both are the same. Appends to errors.
function registration.check_password(clean, words, errors, field)
    local _, code, sentence = judge.check(clean.password, field, words)
    for _, e in ipairs(errors) do
        if e.field == "password" or e.field == "password2" then
            return
        end
    end
    if code then
        errors[#errors + 1] = { field = "password", code = code, message = sentence }
    elseif clean.password ~= clean.password2 then
        errors[#errors + 1] = { field = "password2", code = "mismatch", message = "两次输入的密码不一致，请重新输入" }
    end
end

local function link_key(token)
    return crypto.sha256("confirm\n" .. token)
end

-- What registration.send_link needs; made before its transaction.
function registration.new_link(email)
    local token = crypto.id()
    return { email = email, key = link_key(token), link = config.public_url .. "/confirm/" .. token, quota = quota.key("link", email) }
end

-- Inside a transaction: mails the link that confirms an address. A mailbox gets so many of them; more are not sent, and
-- whoever asked is not told.
function registration.send_link(tx, made, key)
    if quota.take(tx, made.quota, LINK_RULES) == 0 then
        tx:put("challenge", made.key, { account = key, email = made.email, until_ms = tx:now() + LINK_MS })
        message.send(tx, nil, "confirm", { link = made.link, hours = HOURS }, { to = made.email })
    end
end

local function new_row(clean, hash, way, now)
    local by_code = way == "sms"
    return { phone = clean.phone, email = clean.email, shown = clean.shown, password = hash, created = now,
        state = by_code and "active" or "new", phone_verified_at = by_code and now or nil, logins = json.array {} }
end

-- registration.add(clean values, "captcha" | "sms", proof) -> key, or nil and "taken" (told by SMS proof only) or "spent"
function registration.add(clean, way, proof)
    local hash, made = crypto.password_hash(clean.password), registration.new_link(clean.email)
    return store.tx(function(tx)
        if way == "sms" and account.is_taken(tx, clean.phone) then
            return nil, "taken"
        elseif not challenge.spend(tx, proof) then
            return nil, "spent"
        end
        local key, row = tx:key(), new_row(clean, hash, way, tx:now())
        account.set_logins(tx, key, row)
        tx:insert("account", key, row)
        registration.send_link(tx, made, key)
        tx:append("audit", key, { event = "account.made", way = way })
        return key
    end)
end

-- registration.link(token) -> { email }, or nil when it is used up or too old
function registration.link(token)
    local row = store.get("challenge", link_key(token))
    return row and row.email and row.until_ms > time.now() and row or nil
end

local function take_address(tx, key, row, email)
    if row.email ~= email then
        account.tell(tx, key, row, "电子邮箱")
    end
    row.email, row.email_verified_at = email, tx:now()
    row.state = row.state == "new" and "active" or row.state
    account.set_logins(tx, key, row)
    tx:put("account", key, row)
    tx:append("audit", key, { event = "account.email" })
end

-- Confirms the address of a mailed link: the account's key, or nil and "gone" or "taken".
function registration.confirm(token)
    local id = link_key(token)
    return store.tx(function(tx)
        local link = tx:get("challenge", id)
        local row = link and link.email and link.until_ms > tx:now() and tx:get("account", link.account)
        if not row then
            return nil, "gone"
        elseif account.is_taken(tx, link.email, link.account) then
            return nil, "taken"
        end
        tx:delete("challenge", id)
        take_address(tx, link.account, row, link.email)
        return link.account
    end)
end

local function drop_unconfirmed(tx, key)
    local row = tx:get("account", key)
    if row and row.state == "new" and row.created + UNCONFIRMED_MS < tx:now() then
        tx:delete("account", key)
    end
end

-- Drops accounts that nobody could log in to for a week.
function registration.sweep()
    for _, one in ipairs(store.list("account", { index = "state", equal = { "new" }, limit = 200 }).rows) do
        if one.row.created + UNCONFIRMED_MS < time.now() then
            store.tx(function(tx)
                drop_unconfirmed(tx, one.key)
            end)
        end
    end
end

return registration
