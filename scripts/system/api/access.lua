-- SPDX-License-Identifier: Apache-2.0
-- access: what keeps an account its owner's, for programs: a forgotten password, sessions elsewhere, another phone.
local api = use "system/api/lib"
local code = use "system/api/code"
local credential = use "system/service/credential"
local form = use "lib/form"
local limited = use "system/service/limited"
local registration = use "system/service/registration"
local session = use "system/service/session"

local function line(title, max)
    return { type = "string", title = title, maxLength = max }
end

local function object(required, properties)
    return { type = "object", required = required, additionalProperties = false, properties = properties }
end

local NEW = { id = "password", type = "password", label = "新密码", autocomplete = "new-password", required = true }
local PHONE = { id = "phone", type = "mobile", label = "手机号码", required = true }

-- One field, judged as the page judges it.
local function checked(decl, body, extra)
    local clean, errors = form.check({ decl }, body)
    if extra then
        extra(clean, errors)
    end
    return #errors > 0 and api.invalid(errors) or clean[decl.id]
end

api.post("/api/v1/passwords", { id = "resetPassword", tag = "account", summary = "忘记密码：凭验证码设置新密码", auth = "none", status = 204,
    description = "先用 /api/v1/codes（purpose = forgot）获取验证码。无论账号是否存在，答复相同；成功后其他会话全部结束。",
    body = object({ "account", "password", "challenge", "answer" }, { account = line("用户名", 254), password = line("密码", 64),
        challenge = code.id, answer = line("验证码", 16) }), answers = { [429] = "操作太频繁" } }, function(req, _, body)
    limited.check(req, "forgot", 30, 20000)
    local password = checked(NEW, body, function(clean, errors)
        registration.check_password({ password = clean.password, password2 = clean.password }, { body.account }, errors, NEW)
    end)
    local proof = code.solve(req, "forgot", body.account, body.challenge, body.answer, "answer")
    credential.reset(body.account, password, proof)
    return 204
end)

api.get("/api/v1/account/sessions", { id = "listSessions", tag = "account", summary = "现在登录着的设备，最新的在前",
    returns = { type = "array", items = { type = "object", properties = { session = line("会话", 64), device = line("设备", 100),
        peer = line("地址", 64), created = line("登录时间", 40), seen = line("最近使用", 40), here = { type = "boolean", title = "就是这次登录" } } } },
}, function(_, user)
    local out = json.array {}
    for i, s in ipairs(session.list(user.account)) do
        out[i] = { session = s.id, device = s.row.device, peer = s.row.peer, created = time.rfc3339(s.row.created), seen = time.rfc3339(s.row.seen),
            here = s.id == user.session }
    end
    return 200, out
end)

api.delete("/api/v1/account/sessions/{session}", { id = "endOtherSession", tag = "account", status = 204,
    summary = "结束一个会话，或 others：除这次登录以外的全部" }, function(req, user)
    local id = req:param("session")
    if id == "others" then
        session.stop_others(user.account, user.session)
    elseif not text.matches(id, "[0-9a-f]{64}") or not session.stop(user.account, id) then
        fail("E_NOT_FOUND", "没有这个会话")
    end
    return 204
end)

api.post("/api/v1/account/codes", { id = "createAccountCode", tag = "account", summary = "获取更换手机号码用的验证码", status = 201, idempotent = false,
    description = "purpose = phone 发到新号码 to；purpose = mailbox 发到账号已确认的邮箱，已有确认过的手机时两个都要。",
    body = object({ "purpose" }, { purpose = { type = "string", enum = { "phone", "mailbox" }, title = "用途" }, to = line("新手机号码", 20) }),
    returns = object({ "challenge", "expires_in" }, { challenge = code.id, expires_in = { type = "integer", title = "有效秒数" } }),
    answers = { [429] = "发送得太频繁" } }, function(req, _, body)
    return code.send(req, body.purpose, body.to or "")
end)

local failed = { taken = "这个手机号码已经用于另一个账号", spent = "验证码已经用过，请重新发送" }

-- The first phone wants its own code; another one that of the mailbox too.
local function proofs_of(req, user, phone, body)
    local proofs = { code.solve(req, "phone", phone, body.challenge, body.answer, "answer") }
    if user.phone_verified_at then
        proofs[2] = code.solve(req, "mailbox", "", body.mail_challenge, body.mail_answer, "mail_answer")
    end
    return proofs
end

api.post("/api/v1/account/phone", { id = "changePhone", tag = "account", summary = "更换手机号码；已有确认过的手机时 48 小时后生效", idempotent = false,
    body = object({ "phone", "current", "challenge", "answer" }, { phone = line("手机号码", 20), current = line("现在的密码", 64), challenge = code.id,
        answer = line("短信验证码", 16), mail_challenge = code.id, mail_answer = line("邮件验证码", 16) }),
    returns = object({ "done" }, { done = { type = "string", enum = { "now", "waits" } } }) }, function(req, user, body)
    local phone = checked(PHONE, body)
    local proofs = proofs_of(req, user, phone, body)
    local good, sentence = credential.is_own(user, body.current)
    if not good then
        code.refuse("current", sentence, "password")
    end
    local done, why = credential.set_phone(user, phone, proofs)
    return done and 200 or code.refuse(why == "taken" and "phone" or "answer", failed[why], why), { done = done }
end)

api.delete("/api/v1/account/phone", { id = "keepPhone", tag = "account", summary = "取消等待生效的手机号码更换", status = 204 }, function(_, user)
    credential.keep_phone(user)
    return 204
end)
