-- SPDX-License-Identifier: Apache-2.0
-- accounts API: codes and captchas, registering, logging in and out. What a browser's cookie `visit` is to the pages, `bind`
-- is here: whom a captcha or code was made for.
local account = use "system/service/account"
local api = use "system/api/lib"
local challenge = use "system/service/challenge"
local form = use "lib/form"
local limited = use "system/service/limited"
local quota = use "system/service/quota"
local registration = use "system/service/registration"
local session = use "system/service/session"
local target = use "system/service/target"

local Text = { type = "string", maxLength = 254 }
local Bind = { type = "string", pattern = "[A-Za-z0-9_-]{22}", description = "发送验证码或取得图片时的 bind" }
local Proof = { bind = Bind, captcha = Text, code = Text }

local function with_proof(properties)
    for name, schema in pairs(Proof) do
        properties[name] = schema
    end
    return properties
end

local function fresh(body)
    return body.bind or crypto.id()
end

local function check_purpose(purpose)
    if not target.has(purpose) then
        api.invalid { { field = "purpose", code = "choice", message = "没有这种验证码" } }
    end
end

local function too_often(req, field, wait)
    local message = "太频繁，请 " .. quota.text(wait) .. "后再试"
    return req:problem(429, message, { errors = { { field = field, code = "wait", message = message } } })
end

api.post("/api/v1/captchas", {
    id = "drawCaptcha", tag = "accounts", summary = "一张新的图形验证码", auth = "none", status = 201,
    body = { type = "object", required = { "purpose" }, additionalProperties = false, properties = { purpose = Text, bind = Bind } },
    returns = { type = "object", required = { "bind", "image" }, properties = { bind = Bind,
        image = { type = "string", contentEncoding = "base64", contentMediaType = "image/png" } } },
}, function(req, _, body)
    check_purpose(body.purpose)
    limited.check(req, "captcha", 60, 2000)
    local bind = fresh(body)
    return 201, { bind = bind, image = crypto.base64(challenge.draw(bind, body.purpose)) }
end)

api.post("/api/v1/codes", {
    id = "sendCode", tag = "accounts", summary = "发送验证码到手机或邮箱", auth = "none", status = 202,
    body = { type = "object", required = { "purpose", "to" }, additionalProperties = false,
        properties = { purpose = Text, to = Text, bind = Bind } },
    returns = { type = "object", required = { "bind", "minutes" }, properties = { bind = Bind, minutes = { type = "integer" } } },
}, function(req, _, body)
    check_purpose(body.purpose)
    local name, to, sentence = target.of(body.purpose, body.to, req)
    if not name then
        api.invalid { { field = "to", code = "format", message = sentence } }
    end
    local bind, wait = fresh(body), limited.wait(req, "code", 20, 30000)
    if wait == 0 then
        wait = challenge.send(bind, body.purpose, name, to)
    end
    if wait > 0 then
        return too_often(req, "to", wait)
    end
    return 202, { bind = bind, minutes = challenge.code_minutes }
end)

-- The proof of a captcha or code in the body, or nil and an error of the form.
local function prove(body, purpose, name)
    local field = body.code and "code" or "captcha"
    local good, sentence = challenge.solve(body.bind or crypto.id(), purpose, body.code and name or nil, body[field])
    if good then
        return good
    end
    return nil, { field = field, code = "proof", message = sentence }
end

local function judged(body)
    local way, values = body.code and "sms" or "captcha", { password2 = body.password }
    for name, value in pairs(body) do
        values[name] = value
    end
    local clean, errors = form.check(registration.fields, values)
    registration.check_password(clean, { clean.phone, string.match(clean.email, "^[^@]*") }, errors, registration.fields[4])
    if way == "sms" and #errors == 0 and not account.is_mobile(clean.phone) then
        errors[1] = { field = "phone", code = "not_mobile", message = "固定电话收不到短信，请改用图片验证码，或填写手机号码" }
    end
    return clean, errors, way
end

local refusals = {
    taken = { field = "phone", code = "taken", message = "这个手机号码已经注册过，请直接登录；忘记密码可以重新设置" },
    spent = { field = "code", code = "spent", message = "验证码已经用过，请重新验证" },
}

api.post("/api/v1/accounts", {
    id = "register", tag = "accounts", summary = "注册", auth = "none", status = 201,
    description = "凭短信验证码注册后可以立即登录；凭图形验证码注册的，须先打开邮件中的链接。",
    body = { type = "object", required = { "phone", "email", "shown", "password" }, additionalProperties = false,
        properties = with_proof { phone = Text, email = Text, shown = Text, password = { type = "string", maxLength = 1024 } } },
    returns = { type = "object", properties = { account = { type = "string" }, active = { type = "boolean" } } },
}, function(req, _, body)
    limited.check(req, "register", 30, 20000)
    local clean, errors, way = judged(body)
    local good, wrong = prove(body, "register", clean.phone)
    errors[#errors + 1] = wrong
    if #errors > 0 then
        api.invalid(errors)
    end
    local key, why = registration.add(clean, way, good)
    if not key then
        api.invalid { refusals[why] }
    end
    return 201, { account = key, active = way == "sms" }
end)

-- The proof that is asked after too many tries.
local function doubt(body)
    local name = account.login_name(body.account)
    if not account.is_doubtful(name) then
        return nil
    end
    local good, wrong = prove(body, "login", name)
    if wrong then
        api.invalid { wrong }
    end
    return good
end

api.post("/api/v1/sessions", {
    id = "login", tag = "accounts", summary = "登录", auth = "none", status = 201,
    body = { type = "object", required = { "account", "password" }, additionalProperties = false,
        properties = with_proof { account = Text, password = { type = "string", maxLength = 1024 } } },
    returns = { type = "object", required = { "token" }, properties = { token = { type = "string", description = "作为 bearer 使用" } } },
}, function(req, _, body)
    limited.check(req, "login", 60, 2000)
    local row, why = account.enter(body.account, body.password, doubt(body))
    if row then
        return 201, { token = session.start(req, row.key, function(tx)
            quota.clear(tx, why)
        end) }
    elseif why.wait then
        return too_often(req, "account", why.wait)
    end
    api.invalid { { field = "account", code = "login", message = "用户名或密码不正确" } }
end)

api.delete("/api/v1/session", { id = "logout", tag = "accounts", summary = "退出登录", status = 204 }, function(req, user)
    session.stop(user.account, user.session)
    session.forget(req)
    return 204
end)

api.get("/api/v1/account", {
    id = "getAccount", tag = "accounts", summary = "我的账号", returns = { type = "object" },
}, function(_, user)
    local roles = json.array {}
    for role in pairs(user.roles) do
        roles[#roles + 1] = role
    end
    table.sort(roles)
    return 200, { account = user.account, name = user.name, phone = user.phone, email = user.email, roles = roles }
end)
