-- SPDX-License-Identifier: Apache-2.0
-- change: the pages that change password, mail address and phone of an account.
local address = use "lib/address"
local credential = use "system/service/credential"
local csrf = use "lib/csrf"
local form = use "lib/form"
local guard = use "system/service/guard"
local menu = use "lib/menu"
local page = use "lib/page"
local proof = use "system/page/account/proof"
local registration = use "system/service/registration"
local target = use "system/service/target"

local current = { id = "current", type = "password", label = "现在的密码", required = true, missing = "请输入现在的密码" }
local fields = {
    password = { current,
        { id = "password", type = "password", label = "新密码", autocomplete = "new-password", hint = "至少 8 位，可以粘贴", required = true },
        { id = "password2", type = "password", label = "再次输入新密码", required = true, missing = "请再次输入新密码" } },
    email = { current,
        { id = "email", type = "email", label = "电子邮箱", hint = "确认邮件发送到这里，打开其中的链接后生效", required = true } },
    phone = { current,
        { id = "phone", type = "mobile", label = "手机号码", hint = "用于登录和接收短信", required = true } },
}
local titles = { password = "修改密码", email = "电子邮箱", phone = "手机号码" }

-- Codes for a phone that somebody logged in wants to have, and for their own mailbox.
target.on("phone", function(typed, req)
    local user = guard.find(req)
    local phone, to, sentence = target.mobile(typed)
    return user and phone and user.account .. "\n" .. phone, to, sentence
end)

target.on("mailbox", function(_, req)
    local user = guard.find(req)
    local verified = user and user.email_verified_at
    return verified and user.account .. "\n" .. user.email, verified and { channel = "mail", to = user.email }, "您的邮箱尚未确认"
end)

-- What each page shows beside its fields.
local function extras(req, user, what, values)
    if what ~= "phone" then
        return {}
    end
    local name = target.of("phone", values.phone, req)
    return { has_old = user.phone_verified_at ~= nil, has_mail = user.email_verified_at ~= nil, email = user.email,
        sms = proof.data(req, "phone", "sms", "上面填写的手机号码", "phone", name),
        mail = proof.data(req, "mailbox", "sms", user.email or "", "", target.of("mailbox", "", req)) }
end

local function show(req, status, user, what, values, errors, sent)
    local data = extras(req, user, what, values)
    data.title = titles[what]
    data.crumbs = { { label = "用户中心", href = "/user" }, { label = "账号设置", href = "/user/account" }, { label = titles[what] } }
    data.user, data.menu, data.what, data.action = user, menu.user(user), what, "/user/account/" .. what
    data.to = address.inside(req:field("to") or req:query("to"), nil)
    data.fields, data.values, data.errors, data.messages, data.sent = fields[what], values, errors, form.by_field(errors), sent
    return page.send_form(req, status, "account/change", data)
end

-- Checks the present password last, when everything else is right: tries of it are counted.
local function check_own(user, clean, errors)
    if #errors == 0 then
        local good, sentence = credential.is_own(user, clean.current)
        errors[1] = not good and { field = "current", code = "password", message = sentence } or nil
    end
end

for what in pairs(titles) do
    http.get("/user/account/" .. what, guard.user(function(req, user)
        return show(req, 200, user, what, { email = user.email, phone = user.phone }, {})
    end))
end

http.post("/user/account/password", guard.user(function(req, user)
    csrf.check(req)
    local clean, errors = form.check(fields.password, form.read(fields.password, req))
    registration.check_password(clean, { user.phone, user.email, user.name }, errors, fields.password[2])
    check_own(user, clean, errors)
    if #errors > 0 then
        return show(req, 422, user, "password", clean, errors)
    end
    credential.change_password(req, user, clean.password)
    return req:redirect("/user/account?said=password")
end))

http.post("/user/account/email", guard.user(function(req, user)
    csrf.check(req)
    local clean, errors = form.check(fields.email, form.read(fields.email, req))
    check_own(user, clean, errors)
    if #errors > 0 then
        return show(req, 422, user, "email", clean, errors)
    end
    credential.ask_email(user, clean.email)
    return req:redirect("/user/account?said=email")
end))

local function send_code(req, user, clean, purpose, field)
    local name, to, sentence = target.of(purpose, clean.phone, req)
    local wrong = not name and { field = field, code = "format", message = sentence } or proof.send(req, purpose, name, to, field)
    return show(req, wrong and 422 or 200, user, "phone", clean, wrong and { wrong } or {}, not wrong and field or nil)
end

-- The proofs that a change of phone needs; appends to errors.
local function check_proofs(req, user, clean, errors)
    local proofs = {}
    local function take(purpose, typed, field)
        local good, wrong = proof.check_code(req, purpose, target.of(purpose, typed, req) or "", field)
        proofs[#proofs + 1], errors[#errors + 1] = good, wrong
    end
    take("phone", clean.phone, "sms")
    if user.phone_verified_at then
        take("mailbox", "", "mail")
    end
    return proofs
end

local failed = {
    taken = { field = "phone", code = "taken", message = "这个手机号码已经用于另一个账号" },
    spent = { field = "sms", code = "spent", message = "验证码已经用过，请重新发送" },
}

local function set_phone(req, user, clean)
    local errors = {}
    local proofs = check_proofs(req, user, clean, errors)
    check_own(user, clean, errors)
    if #errors > 0 then
        return show(req, 422, user, "phone", clean, errors)
    end
    local done, why = credential.set_phone(user, clean.phone, proofs)
    if not done then
        return show(req, 422, user, "phone", clean, { failed[why] })
    end
    local next_page = done == "now" and "/user/account?said=phone" or "/user/account?said=waits"
    return req:redirect(address.inside(done == "now" and req:field("to") or nil, next_page))
end

http.post("/user/account/phone", guard.user(function(req, user)
    csrf.check(req)
    local clean, errors = form.check(fields.phone, form.read(fields.phone, req))
    if req:field("_send_sms") then
        return send_code(req, user, clean, "phone", "sms")
    elseif req:field("_send_mail") then
        return send_code(req, user, clean, "mailbox", "mail")
    elseif #errors > 0 then
        return show(req, 422, user, "phone", clean, errors)
    end
    return set_phone(req, user, clean)
end))
