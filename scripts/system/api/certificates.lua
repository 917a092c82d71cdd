-- SPDX-License-Identifier: Apache-2.0
-- certificates API: having a certificate made, reading it, freezing, unfreezing and revoking it.
local api = use "system/api/lib"
local authorities = use "system/service/authorities"
local case = use "system/service/case"
local certificate = use "system/service/certificate"
local change = use "system/service/certificate_change"
local credential = use "system/service/credential"
local download = use "system/service/download"
local proof = use "system/service/download_proof"
local limited = use "system/service/limited"
local quota = use "system/service/quota"
local signer = use "system/service/signer"
local verification = use "system/service/verification"

local Certificate = api.schema("Certificate", { type = "object", properties = {
    key = { type = "string" }, case = { type = "string" }, serial = { type = "string", description = "序列号，十六进制" },
    subject = { type = "string" }, user_name = { type = "string" }, template = { type = "string" }, medium = { type = "string" },
    state = { type = "string", enum = { "valid", "frozen", "invalid" } }, not_before = { type = "string" }, not_after = { type = "string" },
    sha256 = { type = "string" }, der = { type = "string", description = "base64" },
    waiting = { type = "string", description = "已登记、等待签发系统执行的操作" },
    operations = { type = "array", items = { type = "string" } } } })

local Captcha = { type = "string", maxLength = 20 }

local function view_of(row)
    local operations = json.array {}
    for i, one in ipairs(certificate.operations(row)) do
        operations[i] = one.id
    end
    return { key = row.key, case = row.case, serial = row.serial, subject = row.subject, user_name = row.user_name, template = row.template,
        medium = row.medium, state = certificate.standing(row), not_before = time.rfc3339(row.not_before), not_after = time.rfc3339(row.not_after),
        sha256 = row.sha256, der = row.der, waiting = row.wanted, operations = operations }
end

local function one_error(field, code, message)
    return api.invalid { { field = field, code = code, message = message } }
end

local function wait_for(req, wait)
    req:set_header("Retry-After", tostring((wait + 999) // 1000))
    return req:problem(429, "发送得太频繁，请 " .. quota.text(wait) .. "后再试")
end

local function spend_of(user, row, spki, body)
    local field = body.sms and "sms" or "captcha"
    local spend, sentence = certificate.proved(row.key, spki, function()
        return proof.solve(user, row, body.sms and "download" or "captcha", body.sms or body.captcha)
    end)
    if sentence then
        one_error(field, "proof", sentence)
    end
    return spend, field
end

api.post("/api/v1/cases/{key}/certificate", {
    id = "downloadCertificate", tag = "certificates", summary = "用授权码和证书请求下载证书；同一密钥重复请求得到同一张证书",
    body = { type = "object", required = { "csr" }, additionalProperties = false, properties = {
        csr = { type = "string", title = "证书请求", maxLength = 32768 }, code = { type = "string", title = "授权码", maxLength = 60 },
        captcha = Captcha, sms = { type = "string", title = "短信验证码", maxLength = 10 } } },
    returns = Certificate, idempotent = false,
    answers = { [409] = "已有另一把密钥的证书，或现在不能下载", [503] = "签发系统没有应答，授权码仍然有效" },
}, function(req, user, body)
    local stage = certificate.stage(user, req:param("key"))
    local given = { csr = body.csr, code = body.code }
    local read, problem = certificate.read_key(stage.row, body.csr)
    if problem then
        api.invalid { problem }
    elseif stage.open then
        given.spend, given.proof_field = spend_of(user, stage.row, read.spki_sha256, body)
    end
    local done = certificate.download(user, stage.row.key, given)
    if done.errors then
        api.invalid(done.errors)
    elseif done.wait then
        fail("E_BUSY", signer.WAIT .. "，授权码仍然有效")
    end
    return 200, view_of(certificate.get(user, done.key))
end)

api.get("/api/v1/cases/{key}/certificate/captcha", {
    id = "downloadCaptcha", tag = "certificates", summary = "下载证书用的验证码图片", gives = "image/png",
}, function(req, user)
    limited.check(req, "download.captcha", 60, 2000)
    req:bytes(200, "image/png", proof.captcha(user, case.get(user, req:param("key"))))
end)

api.post("/api/v1/cases/{key}/certificate/sms", {
    id = "downloadSms", tag = "certificates", summary = "向经办人手机发送短信验证码：下载用，或解锁用", status = 202, idempotent = false,
    body = { type = "object", additionalProperties = false, properties = { purpose = { type = "string", enum = { "download", "unlock" } } } },
}, function(req, user, body)
    local wait = proof.send(user, case.get(user, req:param("key")), body.purpose or "download")
    if wait > 0 then
        return wait_for(req, wait)
    end
    return 202
end)

api.post("/api/v1/cases/{key}/certificate/code", {
    id = "resendCode", tag = "certificates", summary = "重新发送授权码；以前的作废，一天最多 3 次，锁定后须有短信验证码", status = 202,
    body = { type = "object", additionalProperties = false, properties = { sms = { type = "string", title = "短信验证码", maxLength = 10 } } },
    idempotent = false, answers = { [409] = "次数已满、已锁定，或现在不能下载" },
}, function(req, user, body)
    local stage = certificate.stage(user, req:param("key"))
    local spend, sentence
    if stage.right and stage.right.locked then
        spend, sentence = proof.solve(user, stage.row, "unlock", body.sms)
    end
    if sentence then
        one_error("sms", "proof", sentence)
    end
    download.resend(user, stage.row.key, spend)
    return 202
end)

api.get("/api/v1/certificates", {
    id = "listCertificates", tag = "certificates", summary = "我的证书，最新的在前", returns = api.page_of(Certificate),
    query = api.paged { { "state", { type = "string", enum = { "valid", "frozen", "invalid", "soon" } } } },
}, function(_, user, _, query)
    local found = certificate.mine(user, query.state, query.after, query.limit or 50)
    local items = {}
    for i, row in ipairs(found.rows) do
        items[i] = view_of(row)
    end
    return 200, api.page(items, found)
end)

api.get("/api/v1/certificates/{key}", {
    id = "getCertificate", tag = "certificates", summary = "一张证书；key 后加 .pem 得到 PEM 证书链", returns = Certificate,
}, function(req, user)
    local key, pem = string.match(req:param("key"), "^(%w+)(%.?p?e?m?)$")
    local row = certificate.get(user, key or "")
    if pem ~= ".pem" then
        return 200, view_of(row)
    end
    local parts = { authorities.pem(crypto.unbase64(row.der)) }
    for _, der in ipairs(authorities.chain(row.authority)) do
        parts[#parts + 1] = authorities.pem(der)
    end
    req:bytes(200, "application/pem-certificate-chain", table.concat(parts))
end)

api.get("/api/v1/certificates/{key}/verification", {
    id = "getVerification", tag = "certificates", summary = "解冻时要回答的验证问题，以及短信验证码发往的手机（遮盖）",
    returns = { type = "object", properties = { question = { type = "string" }, phone = { type = "string" } } },
}, function(req, user)
    return 200, verification.about(certificate.get(user, req:param("key")))
end)

api.post("/api/v1/certificates/{key}/verification", {
    id = "sendVerification", tag = "certificates", summary = "向经办人手机发送解冻用的短信验证码", status = 202, idempotent = false,
    answers = { [409] = "证书现在的状态不能办理" },
}, function(req, user)
    local row = certificate.get(user, req:param("key"))
    if certificate.standing(row) ~= "frozen" then
        fail("E_CONFLICT", "这张证书没有冻结")
    end
    local wait = verification.send(user, row, "unfreeze")
    if wait > 0 then
        return wait_for(req, wait)
    end
    return 202
end)

local FIELDS = { password = { type = "string", title = "登录密码", maxLength = 200 } }
local REASON = { type = "integer", title = "原因", minimum = 0, maximum = 5, description = "RFC 5280 的原因代码" }
local ANSWER = { type = "string", title = "验证答案", maxLength = 50 }
local SMS = { type = "string", title = "短信验证码", maxLength = 10 }

local function own_password(user, password)
    local good, sentence = credential.is_own(user, password)
    if not good then
        one_error("password", "password", sentence)
    end
end

local function verified(user, row, act, body)
    local spend, problem = verification.check(user, row, act, body)
    if problem then
        api.invalid { problem }
    end
    return spend
end

local function declare(act, summary, more, required)
    local properties = { password = FIELDS.password }
    for name, field in pairs(more) do
        properties[name] = field
    end
    api.post("/api/v1/certificates/{key}/" .. act, {
        id = act .. "Certificate", tag = "certificates", summary = summary, returns = Certificate, idempotent = false,
        body = { type = "object", required = required, additionalProperties = false, properties = properties },
        answers = { [409] = "证书现在的状态不能办理" },
    }, function(req, user, body)
        local row = certificate.get(user, req:param("key"))
        change.must_be_legal(row, act)
        own_password(user, body.password)
        change.order(user, row.key, act, { reason = body.reason, spend = verification.needed(act) and verified(user, row, act, body) or nil })
        return 200, view_of(certificate.get(user, row.key))
    end)
end

declare("freeze", "冻结一张证书", {}, { "password" })
declare("unfreeze", "解冻一张证书；除登录密码外还须验证答案和短信验证码", { answer = ANSWER, sms = SMS }, { "password", "answer", "sms" })
declare("revoke", "撤销一张证书", { reason = REASON }, { "password" })
