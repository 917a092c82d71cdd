-- SPDX-License-Identifier: Apache-2.0
-- account: registering, logging in and the account itself, for programs. The same services as the pages; what a browser's
-- visit is for a page, the id of a challenge is here.
local account = use "system/service/account"
local api = use "system/api/lib"
local challenge = use "system/service/challenge"
local code = use "system/api/code"
local credential = use "system/service/credential"
local form = use "lib/form"
local limited = use "system/service/limited"
local quota = use "system/service/quota"
local registration = use "system/service/registration"
local session = use "system/service/session"

local function line(title, max)
    return { type = "string", title = title, maxLength = max }
end

api.schema("Account", { type = "object", properties = {
    account = line("账号", 26), name = line("网站登录用户名", 254), phone = line("手机号码或联系电话", 40), email = line("电子邮箱", 254),
    phone_verified = { type = "boolean" }, email_verified = { type = "boolean" },
    roles = { type = "array", items = { type = "string" } },
    token = { type = "string", description = "修改密码后的新会话" } } })

local challenge_id, refuse, wait_for = code.id, code.refuse, code.wait_for

-- Whether the network may go on; else the problem is answered.
local function may_go(req, name, burst, every)
    local wait = limited.wait(req, name, burst, every)
    if wait > 0 then
        wait_for(req, wait)
    end
    return wait == 0
end

local function draw(purpose)
    local id = crypto.id()
    return 201, { challenge = id, image = crypto.base64(challenge.draw(id, purpose)), expires_in = 120 }
end

api.post("/api/v1/codes", { id = "createCode", tag = "account", summary = "获取验证码", auth = "none", status = 201,
    description = "by = captcha 返回图片；by = code 向 to 发送短信或邮件验证码。无论号码是否注册，答复相同。",
    body = { type = "object", required = { "purpose", "by" }, additionalProperties = false, properties = {
        purpose = { type = "string", enum = { "register", "login", "forgot" }, title = "用途" },
        by = { type = "string", enum = { "captcha", "code" }, title = "方式" }, to = line("手机号码或邮箱", 254) } },
    returns = { type = "object", required = { "challenge", "expires_in" }, properties = { challenge = challenge_id,
        image = line("PNG 图片（base64）", 100000), expires_in = { type = "integer", title = "有效秒数" } } },
    answers = { [429] = "发送得太频繁" } }, function(req, _, body)
    if not may_go(req, "code", 20, 30000) then
        return
    elseif body.by == "captcha" then
        return draw(body.purpose)
    end
    return code.send(req, body.purpose, body.to)
end)

-- The proof of a request's challenge and answer, or a refusal.
local function prove(purpose, body, by, name)
    local proof, sentence = challenge.solve(body.challenge or "", purpose, by == "code" and name or nil, body.answer)
    return proof or refuse("answer", sentence)
end

local answer_fields = { challenge = challenge_id, by = { type = "string", enum = { "captcha", "code" }, title = "验证方式" },
    answer = line("验证码", 16) }

local function with_answer(properties)
    for name, schema in pairs(answer_fields) do
        properties[name] = schema
    end
    return properties
end

local refusals = { taken = "这个手机号码已经注册过，请直接登录", spent = "验证码已经用过，请重新获取" }

api.post("/api/v1/accounts", { id = "createAccount", tag = "account", summary = "新用户注册", auth = "none", status = 201,
    body = { type = "object", required = { "phone", "email", "password", "challenge", "by", "answer" }, additionalProperties = false,
        properties = with_answer { phone = line("手机号码或主要联系电话", 60), email = line("电子邮箱", 254),
            shown = { type = "string", enum = { "phone", "email" }, title = "网站登录用户名" }, password = line("密码", 64) } },
    returns = { type = "object", properties = { active = { type = "boolean", title = "现在可以登录" } } } }, function(req, _, body)
    if not may_go(req, "register", 30, 20000) then
        return
    end
    local clean, errors = form.check(registration.fields, { phone = body.phone, email = body.email, shown = body.shown or "phone",
        password = body.password, password2 = body.password })
    registration.check_password(clean, { clean.phone, string.match(clean.email, "^[^@]*") }, errors, registration.fields[4])
    if #errors > 0 then
        api.invalid(errors)
    end
    local way = body.by == "code" and "sms" or "captcha"
    local key, why = registration.add(clean, way, prove("register", body, body.by, clean.phone))
    if not key then
        refuse(why == "taken" and "phone" or "answer", refusals[why], why)
    end
    return 201, { active = way == "sms" }
end)

local function refuse_entry(req, why)
    if why.wait then
        return wait_for(req, why.wait, "尝试次数太多，请 " .. quota.text(why.wait) .. "后再试")
    elseif why.doubtful then
        refuse("answer", "失败次数较多，请先获取验证码")
    end
    refuse("account", "用户名或密码不正确", "login")
end

api.post("/api/v1/sessions", { id = "createSession", tag = "account", summary = "登录", auth = "none", status = 201,
    description = "以后的请求带上 Authorization: Bearer 和 token，或答复中的 cookie。失败 5 次后需要验证码。",
    body = { type = "object", required = { "account", "password" }, additionalProperties = false, properties = with_answer {
        account = line("用户名", 254), password = line("密码", 64) } },
    returns = { type = "object", required = { "token" }, properties = { token = line("会话", 22) } },
    answers = { [429] = "尝试次数太多" } }, function(req, _, body)
    if not may_go(req, "login", 60, 2000) then
        return
    end
    local name = account.login_name(body.account)
    local proof = body.challenge and prove("login", body, body.by or "captcha", name)
    local row, why = account.enter(body.account, body.password, proof)
    if not row then
        return refuse_entry(req, why)
    end
    return 201, { token = session.start(req, row.key, function(tx)
        quota.clear(tx, why)
    end) }
end)

api.delete("/api/v1/sessions/current", { id = "endSession", tag = "account", summary = "退出登录", status = 204 }, function(req, user)
    session.stop(user.account, user.session)
    session.forget(req)
    return 204
end)

local function shown(user)
    local roles = json.array {}
    for name, held in pairs(user.roles) do
        roles[#roles + 1] = held and name or nil
    end
    table.sort(roles)
    return { account = user.account, name = user.name, phone = user.phone or json.null, email = user.email or json.null,
        phone_verified = user.phone_verified_at ~= nil, email_verified = user.email_verified_at ~= nil, roles = roles }
end

api.get("/api/v1/account", { id = "getAccount", tag = "account", summary = "读取自己的账号", returns = api.ref "Account" }, function(_, user)
    return 200, shown(user)
end)

local function check(decl, values, current)
    local clean, errors = form.check({ decl }, values)
    if current and #errors == 0 then
        registration.check_password({ password = clean.password, password2 = clean.password }, current, errors, decl)
    end
    return #errors > 0 and api.invalid(errors) or clean
end

local new_password = { id = "password", type = "password", label = "新密码", autocomplete = "new-password", required = true }
local new_email = { id = "email", type = "email", label = "电子邮箱", required = true }

api.patch("/api/v1/account", { id = "changeAccount", tag = "account", summary = "修改密码或电子邮箱",
    description = "修改密码后其他会话全部结束，答复中的 token 和 cookie 是新会话；新邮箱在打开确认邮件后生效。",
    body = { type = "object", required = { "current" }, additionalProperties = false, properties = { current = line("现在的密码", 64),
        password = line("新密码", 64), email = line("电子邮箱", 254) } },
    returns = api.ref "Account" }, function(req, user, body)
    local clean = {}
    if body.password then
        clean.password = check(new_password, body, { user.phone, user.email, user.name }).password
    end
    if body.email then
        clean.email = check(new_email, body).email
    end
    local good, sentence = credential.is_own(user, body.current)
    if not good then
        refuse("current", sentence, "password")
    end
    if clean.email then
        credential.ask_email(user, clean.email)
    end
    local answer = shown(user)
    answer.token = clean.password and credential.change_password(req, user, clean.password) or nil
    return 200, answer
end)
