-- SPDX-License-Identifier: Apache-2.0
-- forgot: a new password by a code to a confirmed phone or mailbox. The answers are the same whether there is such an account.
local account = use "system/service/account"
local credential = use "system/service/credential"
local csrf = use "lib/csrf"
local form = use "lib/form"
local limited = use "system/service/limited"
local page = use "lib/page"
local proof = use "system/page/account/proof"
local registration = use "system/service/registration"
local target = use "system/service/target"

local fields = {
    { id = "account", type = "text", label = "用户名", hint = "确认过的手机号码或电子邮箱，验证码发送到这里", autocomplete = "username", required = true,
        max = 254 },
}
local secret = {
    { id = "password", type = "password", label = "新密码", autocomplete = "new-password", hint = "至少 8 位，可以粘贴", required = true },
    { id = "password2", type = "password", label = "再次输入新密码", required = true, missing = "请再次输入新密码" },
}

local function show(req, status, values, errors, sent)
    local name = account.login_name(values.account or "")
    local asked = proof.data(req, "forgot", "sms", "上面填写的手机或邮箱", "account", name)
    return page.send_form(req, status, "account/forgot", {
        title = "忘记密码",
        crumbs = { { label = "用户登录", href = "/login" }, { label = "忘记密码" } },
        fields = fields,
        secret = secret,
        values = values,
        errors = errors,
        messages = form.by_field(errors),
        proof = asked,
        sent = sent,
    })
end

http.get("/forgot", function(req)
    return show(req, 200, {}, {})
end)

local function send_code(req, clean)
    local name, to, sentence = target.of("forgot", clean.account, req)
    local wrong = not name and { field = "account", code = "missing", message = sentence } or proof.send(req, "forgot", name, to)
    return show(req, wrong and 422 or 200, clean, wrong and { wrong } or {}, not wrong)
end

local function check_secret(req, errors, name)
    local given, wrong = form.check(secret, form.read(secret, req))
    registration.check_password(given, { name }, wrong, secret[1])
    for _, e in ipairs(wrong) do
        errors[#errors + 1] = e
    end
    return given.password
end

http.post("/forgot", function(req)
    csrf.check(req)
    limited.check(req, "forgot", 30, 20000)
    local clean, errors = form.check(fields, form.read(fields, req))
    if req:field("_send_sms") then
        return send_code(req, clean)
    end
    local name = account.login_name(clean.account)
    local good, wrong = proof.check(req, "forgot", "sms", name)
    errors[#errors + 1] = wrong
    local password = check_secret(req, errors, name)
    if #errors > 0 then
        return show(req, 422, clean, errors)
    end
    credential.reset(name, password, good)
    return req:redirect("/login?said=password")
end)
