-- SPDX-License-Identifier: Apache-2.0
-- download page: 证书下载 (S193–S205). The key of a soft certificate is made in the browser (js/island/softcert); without a script
-- a request made elsewhere is pasted or sent as a file (given_csr). A certificate that stands is shown with its files.
local authorities = use "system/service/authorities"
local case = use "system/service/case"
local certificate = use "system/service/certificate"
local change = use "system/service/certificate_change"
local credential = use "system/service/credential"
local csrf = use "lib/csrf"
local download = use "system/service/download"
local form = use "lib/form"
local given_csr = use "system/page/given_csr"
local guard = use "system/service/guard"
local message = use "system/service/message"
local limited = use "system/service/limited"
local proof = use "system/service/download_proof"
local quota = use "system/service/quota"
local say = use "system/service/say"
local shell = use "system/page/shell"
local signer = use "system/service/signer"

local TITLE = "证书下载"

local NUMBER = { id = "number", type = "reference", label = "业务受理号（参考码）", required = true, autocomplete = "off",
    hint = "请输入证书申请完成时提供的业务受理号" }
local CODE = { id = "code", type = "text", label = "证书下载授权码", required = true, max = 60, autocomplete = "off",
    hint = "请输入证书下载邮件提供的授权码，" .. download.length .. " 位字母和数字，区分大小写" }
local PASSWORD = { id = "password", type = "password", label = "登录密码", required = true }

local function way_of(req)
    return (req:field("_way") or req:query("way")) == "sms" and "sms" or "captcha"
end

-- What both the form and the page of a UKey need: where a code goes, and whether one can be sent again.
local function with_code(data, stage)
    local row, right = stage.row, stage.right
    data.mail, data.mail_href = message.mail_of(row), "/case/" .. row.key .. "/mail"
    data.phone = html.helpers.phone(proof.phone(row))
    data.locked, data.left = right.locked, download.left(right, time.now())
    data.until_text = right.code_until > time.now() and time.text(right.code_until) or nil
    data.paragraphs = data.b:text("download", {})
end

local NOTICES = {
    code = { title = "已重新发送", text = "新的授权码已发送到申请邮箱，以前的授权码作废。" },
    sms = { title = "短信验证码已发送", text = "请查看经办人手机。" },
    anew = { title = "原证书已撤销", text = "新的授权码已发送到申请邮箱，请用它重新下载证书。" },
}

local function show_form(req, status, user, stage, opts)
    local data = shell.data(req, user, stage.row, TITLE)
    with_code(data, stage)
    data.fields, data.csr_field, data.file_field = { NUMBER, CODE }, given_csr.PASTED, given_csr.FILE
    data.values = opts.values or { number = stage.row.number }
    data.errors, data.messages = opts.errors or {}, form.by_field(opts.errors or {})
    data.way, data.own = way_of(req), req:query("csr") == "own"
    data.action = data.href .. "/download" .. (data.own and "?csr=own" or "")
    data.base, data.approved, data.given_up = data.href .. "/download", stage.right.approved, certificate.given_up(stage.row.key)
    data.soft = data.b:text("download_soft", {})
    data.notice = NOTICES[opts.said or req:query("said") or ""]
    return shell.send(req, status, "case/download", data)
end

local function summary_of(c)
    return { { label = "主体名称", value = c.subject }, { label = "用户名", value = c.user_name }, { label = "序列号", value = string.upper(c.serial) },
        { label = "有效期", value = time.date(c.not_before) .. " 至 " .. time.date(c.not_after) } }
end

local function show_issued(req, status, user, stage, opts)
    local data = shell.data(req, user, stage.row, "证书已签发")
    local c = stage.certificate
    data.rows, data.certificate, data.soft = summary_of(c), "/certificate/" .. stage.key, c.medium == "soft"
    data.remake = certificate.may_remake(stage) and data.href .. "/download/remake" or nil
    data.spki, data.base, data.user_name = c.spki, data.href .. "/download", c.user_name
    data.errors, data.messages = opts.errors or {}, form.by_field(opts.errors or {})
    return shell.send(req, status, "case/downloaded", data)
end

local function show(req, status, user, stage, opts)
    local row = stage.row
    if stage.certificate then
        return show_issued(req, status, user, stage, opts)
    elseif not stage.open then
        return shell.closed(req, user, row, TITLE, "这项申请当前为“" .. case.rules(row):state(row.kind, row.state).label .. "”，还不能下载证书。")
    elseif row.medium == "ukey" then
        local data = shell.data(req, user, row, TITLE)
        with_code(data, stage)
        data.collect = say.to_collect(row) and say.activated(row, data.b) or {}
        data.lines, data.notice = data.b:text("download_ukey", {}), NOTICES[req:query("said") or ""]
        data.warnings = data.b:text("keep_ukey", {})
        data.base = data.href .. "/download"
        return shell.send(req, status, "case/download_ukey", data)
    end
    return show_form(req, status, user, stage, opts)
end

http.get("/case/{key}/download", guard.user(function(req, user)
    return show(req, 200, user, certificate.stage(user, req:param("key")), {})
end), { no_store = true })

http.get("/case/{key}/download/captcha", guard.user(function(req, user)
    local row = case.get(user, req:param("key"))
    limited.check(req, "download.captcha", 60, 2000)
    return req:bytes(200, "image/png", proof.captcha(user, row))
end), { no_store = true })

-- Number, code, and captcha or SMS code: spend(tx), or the errors.
local function read_secrets(req, user, row, spki, errors)
    local clean, wrong = form.check({ NUMBER, CODE }, form.read({ NUMBER, CODE }, req))
    for _, e in ipairs(wrong) do
        errors[#errors + 1] = e
    end
    if #wrong == 0 and clean.number ~= row.number then
        errors[#errors + 1] = { field = "number", code = "other", message = "业务受理号不是这项申请的，请核对" }
    end
    if #errors > 0 then
        return nil
    end
    local sms = way_of(req) == "sms"
    local field = sms and "sms" or "captcha"
    local spend, sentence = certificate.proved(row.key, spki, function()
        return proof.solve(user, row, sms and "download" or "captcha", req:field(field))
    end)
    if sentence then
        errors[#errors + 1] = { field = field, code = "proof", message = sentence }
    end
    return spend, field
end

local function attempt(req, user, stage, file)
    local errors = json.array {}
    local csr = file.bytes or req:field("csr") or ""
    local read, problem = given_csr.judge(req, stage.row, file)
    errors[1] = problem
    local given = { csr = csr, code = req:field("code") }
    if not read or not certificate.approved(stage.row.key, read.spki_sha256) then
        given.spend, given.proof_field = read_secrets(req, user, stage.row, read and read.spki_sha256, errors)
    end
    if #errors > 0 then
        return { errors = errors }
    end
    return certificate.download(user, stage.row.key, given)
end

local function as_json(key)
    local c = store.get("certificate", key)
    local chain = json.array {}
    for i, der in ipairs(authorities.chain(c.authority)) do
        chain[i] = crypto.base64(der)
    end
    return { certificate = c.der, chain = chain, name = c.user_name }
end

local function answer_program(req, done)
    if done.errors then
        return req:json(422, { errors = done.errors })
    elseif done.wait then
        return req:json(503, { message = signer.WAIT .. "，授权码仍然有效" })
    end
    return req:json(200, as_json(done.key))
end

local function send_sms(req, user, stage)
    local wait = proof.send(user, stage.row, "download")
    local values = { number = req:field("number"), code = req:field("code"), csr = req:field("csr") }
    local errors = wait > 0 and { { field = "sms", code = "wait", message = "发送得太频繁，请 " .. quota.text(wait) .. "后再试" } } or {}
    return show_form(req, wait > 0 and 429 or 200, user, stage, { values = values, errors = errors, said = wait == 0 and "sms" or nil })
end

-- What was typed stays, only captcha and code are asked anew.
local function show_again(req, user, stage, done)
    local values = { number = req:field("number"), csr = req:field("csr"), code = done.wait and req:field("code") or nil }
    local errors = done.errors or { { field = "code", code = "wait", message = signer.WAIT .. "。授权码没有用掉，仍然有效" } }
    return show_form(req, done.wait and 503 or 422, user, certificate.stage(user, stage.row.key), { values = values, errors = errors })
end

http.post("/case/{key}/download", guard.user(function(req, user)
    local file = given_csr.file(req)
    csrf.check(req)
    local stage = certificate.stage(user, req:param("key"))
    if req:field("_send_sms") and stage.open then
        return send_sms(req, user, stage)
    elseif not stage.open and not stage.certificate then
        return show(req, 409, user, stage, {})
    end
    local done = attempt(req, user, stage, file)
    if req:wants_json() then
        return answer_program(req, done)
    elseif done.errors or done.wait then
        return show_again(req, user, stage, done)
    end
    return req:redirect("/case/" .. stage.row.key .. "/download")
end), { no_store = true, body = "multipart", limit = 128 * 1024 })

-- The certificate that stands, for a browser that kept its key.
http.get("/case/{key}/download/certificate", guard.user(function(req, user)
    local stage = certificate.stage(user, req:param("key"))
    if not stage.certificate then
        fail("E_NOT_FOUND", "这项申请还没有证书")
    end
    return req:json(200, as_json(stage.key))
end), { no_store = true })

-- 重新发送证书下载邮件 -------------------------------------------------------------------------------------------------

local function show_resend(req, status, user, stage, opts)
    local data = shell.data(req, user, stage.row, "重新发送证书下载邮件")
    with_code(data, stage)
    data.action, data.back = data.href .. "/download/code", data.href .. "/download"
    data.errors, data.messages = opts.errors or {}, form.by_field(opts.errors or {})
    data.notice = NOTICES[opts.said or ""]
    return shell.send(req, status, "case/recode", data)
end

local function must_be_open(stage)
    if not stage.open then
        fail("E_CONFLICT", "这项申请现在不能下载证书")
    end
    return stage
end

http.get("/case/{key}/download/code", guard.user(function(req, user)
    return show_resend(req, 200, user, must_be_open(certificate.stage(user, req:param("key"))), {})
end), { no_store = true })

local function sent_sms(req, user, stage)
    local wait = proof.send(user, stage.row, "unlock")
    local errors = wait > 0 and { { field = "sms", code = "wait", message = "发送得太频繁，请 " .. quota.text(wait) .. "后再试" } } or nil
    return show_resend(req, errors and 429 or 200, user, stage, { errors = errors, said = not errors and "sms" or nil })
end

http.post("/case/{key}/download/code", guard.user(function(req, user)
    csrf.check(req)
    local stage = must_be_open(certificate.stage(user, req:param("key")))
    if req:field("_send_sms") then
        return sent_sms(req, user, stage)
    end
    local spend, sentence
    if stage.right.locked then
        spend, sentence = proof.solve(user, stage.row, "unlock", req:field("sms"))
    end
    if sentence then
        return show_resend(req, 422, user, stage, { errors = { { field = "sms", code = "proof", message = sentence } } })
    end
    local ok, problem = pcall(download.resend, user, stage.row.key, spend)
    if not ok and type(problem) == "table" and problem.code == "E_CONFLICT" then
        return show_resend(req, 409, user, stage, { errors = { { field = "resend", code = "limit", message = problem.message } } })
    elseif not ok then
        error(problem, 0)
    end
    return req:redirect("/case/" .. stage.row.key .. "/download?said=code")
end), { no_store = true })

-- 重新生成密钥 ---------------------------------------------------------------------------------------------------------

local function show_remake(req, status, user, stage, errors)
    local data = shell.data(req, user, stage.row, "重新生成密钥")
    data.rows, data.action, data.back_to = summary_of(stage.certificate), data.href .. "/download/remake", data.href .. "/download"
    data.text = "将撤销下面的证书，并在本浏览器重新生成密钥、免费签发一次。签发后 " .. certificate.REMAKE_DAYS .. " 天内可办理，只能办理一次。"
    data.main, data.fields = "撤销并重新生成", { PASSWORD }
    data.errors, data.messages = errors, form.by_field(errors)
    return shell.send(req, status, "certificate/act", data)
end

local function remakable(user, key)
    local stage = certificate.stage(user, key)
    return certificate.may_remake(stage) and stage or fail("E_CONFLICT", "现在不能重新生成密钥，需要时请办理补办")
end

http.get("/case/{key}/download/remake", guard.user(function(req, user)
    return show_remake(req, 200, user, remakable(user, req:param("key")), {})
end), { no_store = true })

http.post("/case/{key}/download/remake", guard.user(function(req, user)
    csrf.check(req)
    local stage = remakable(user, req:param("key"))
    local good, sentence = credential.is_own(user, req:field("password") or "")
    if not good then
        return show_remake(req, 422, user, stage, { { field = "password", code = "password", message = sentence } })
    elseif not change.remake(user, stage.row.key) then
        return show_remake(req, 503, user, stage, { { field = "password", code = "wait", message = signer.WAIT } })
    end
    return req:redirect("/case/" .. stage.row.key .. "/download?said=anew")
end), { no_store = true })
