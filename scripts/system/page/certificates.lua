-- SPDX-License-Identifier: Apache-2.0
-- certificates page: 我的证书 (S054–S057), one certificate with its files, and freezing, unfreezing and revoking it.
local authorities = use "system/service/authorities"
local case = use "system/service/case"
local certificate = use "system/service/certificate"
local change = use "system/service/certificate_change"
local credential = use "system/service/credential"
local csrf = use "lib/csrf"
local form = use "lib/form"
local guard = use "system/service/guard"
local live = use "system/service/live"
local message = use "system/service/message"
local menu = use "lib/menu"
local page = use "lib/page"
local quota = use "system/service/quota"
local verification = use "system/service/verification"

local TABS = { { id = "valid", label = "有效的证书" }, { id = "frozen", label = "冻结的证书" }, { id = "invalid", label = "失效的证书" } }
local TONES = { valid = "green", frozen = "yellow", invalid = "grey" }

-- The columns of the applications, which users know (S057); a certificate's end stands beside its state.
local COLUMNS = {
    { id = "no", label = "序号" }, { id = "subject", label = "主体名称" }, { id = "type", label = "业务类型" }, { id = "email", label = "邮箱" },
    { id = "template", label = "证书模板" }, { id = "at", label = "申请时间", short = true }, { id = "state", label = "证书状态" },
    { id = "acts", label = "操作" },
}

local function page_data(user, title, data)
    data.title, data.user = title, user
    data.menu = menu.user(user)
    data.crumbs = data.crumbs or { { label = "用户中心", href = "/user" }, { label = "我的证书", href = "/user/certificates" }, { label = title } }
    return data
end

local function template_label(b, row)
    for _, one in ipairs(b:list("templates.rows")) do
        if one.id == row.template then
            return one.label
        end
    end
    return row.template
end

local function validity(row)
    return time.date(row.not_before) .. " 至 " .. time.date(row.not_after)
end

-- What the list says of the application behind a certificate: business, mail address, day.
local function origin_of(row)
    local from = store.get("case", row.case)
    local b = case.rules(from)
    local kind = b:kind(from.kind)
    return b:label("lists.business_types", kind.type), message.mail_of(from), time.date(from.submitted or from.created)
end

local function acts_of(row)
    local acts = { { href = "/certificate/" .. row.key, label = "查看", say = row.subject } }
    for _, one in ipairs(certificate.operations(row)) do
        acts[#acts + 1] = { href = one.href, label = one.label, say = row.subject }
    end
    return acts
end

local function line_of(b, i, row)
    local business, email, at = origin_of(row)
    local standing, soon = certificate.standing(row), certificate.is_soon(row, b)
    return { no = i, subject = { href = "/certificate/" .. row.key, label = row.subject, note = row.user_name }, type = business,
        email = email, template = template_label(b, row), at = at, acts = { acts = acts_of(row) },
        state = { tag = soon and "即将到期" or certificate.LABELS[standing], tone = soon and "yellow" or TONES[standing],
            note = time.date(row.not_after) .. " 到期" } }
end

local function tabs_of(user)
    local counts, tabs = certificate.counts(user), {}
    for i, tab in ipairs(TABS) do
        tabs[i] = { id = tab.id, label = tab.label, href = "/user/certificates?tab=" .. tab.id, count = counts[tab.id] }
    end
    return tabs
end

local function tab_of(req)
    for _, tab in ipairs(TABS) do
        if tab.id == req:query("tab") then
            return tab
        end
    end
    return TABS[1]
end

http.get("/user/certificates", guard.user(function(req, user)
    local b, tab = live.rules(), tab_of(req)
    local soon = req:query("tab") == "soon"
    local found = certificate.mine(user, soon and "soon" or tab.id, req:query("after"), 100)
    local rows = {}
    for i, row in ipairs(found.rows) do
        rows[i] = line_of(b, i, row)
    end
    return page.send(req, 200, "certificate/list", page_data(user, "我的证书", { tabs = tabs_of(user), tab = tab.id, rows = rows, columns = COLUMNS,
        caption = soon and "即将到期的证书" or tab.label, crumbs = { { label = "用户中心", href = "/user" }, { label = "我的证书" } },
        after = found.more and "/user/certificates?tab=" .. (soon and "soon" or tab.id) .. "&after=" .. found.after or nil }))
end), { no_store = true })

local function summary_of(b, row)
    return { { label = "主体名称", value = row.subject }, { label = "用户名", value = row.user_name },
        { label = "序列号", value = string.upper(row.serial) }, { label = "证书模板", value = template_label(b, row) },
        { label = "证书介质", value = row.medium == "soft" and "软证书" or "UKey" }, { label = "有效期", value = validity(row) },
        { label = "状态", value = certificate.LABELS[certificate.standing(row)] },
        { label = "SHA-256 指纹", value = authorities.fingerprint(crypto.unbase64(row.der)) }, { label = "业务受理号", value = row.number } }
end

local WORDS = { freeze = "冻结", unfreeze = "解冻", revoke = "撤销" }

local function notice_of(req)
    local said = req:query("said") or ""
    local act, waiting = string.match(said, "^(%l+)(%.?w?)$")
    local word = WORDS[act or ""]
    if not word then
        return nil
    elseif waiting ~= "" then
        return { title = word .. "已登记", text = "签发系统暂时没有应答，恢复后将立即" .. word .. "，不需要再次办理。", tone = "warn" }
    end
    return { title = "已" .. word, text = "证书吊销列表已更新。", tone = "good" }
end

http.get("/certificate/{key}", guard.user(function(req, user)
    local row, b = certificate.get(user, req:param("key")), live.rules()
    local standing = certificate.standing(row)
    return page.send(req, 200, "certificate/show", page_data(user, row.subject .. "的证书", { rows = summary_of(b, row), base = "/certificate/" .. row.key,
        state = certificate.LABELS[standing], tone = TONES[standing], operations = certificate.operations(row), notice = notice_of(req),
        waiting = row.wanted ~= "" and WORDS[row.wanted] .. "已登记，等待签发系统执行。" or nil,
        case_href = domain.may(user.account, row.case) and "/case/" .. row.case or nil }))
end), { no_store = true })

local FILES = {
    ["certificate.cer"] = function(row) return "application/pkix-cert", crypto.unbase64(row.der) end,
    ["certificate.pem"] = function(row) return "application/pem-certificate-chain", authorities.pem(crypto.unbase64(row.der)) end,
    ["chain.pem"] = function(row)
        local parts = { authorities.pem(crypto.unbase64(row.der)) }
        for _, der in ipairs(authorities.chain(row.authority)) do
            parts[#parts + 1] = authorities.pem(der)
        end
        return "application/pem-certificate-chain", table.concat(parts)
    end,
}

http.get("/certificate/{key}/file/{name}", guard.user(function(req, user)
    local row = certificate.get(user, req:param("key"))
    local name = req:param("name")
    local make = FILES[name] or fail("E_NOT_FOUND", "没有这个文件")
    local kind, bytes = make(row)
    req:set_header("Content-Disposition", 'attachment; filename="' .. row.user_name .. "-" .. name .. '"')
    return req:bytes(200, kind, bytes)
end), { no_store = true })

local PASSWORD = { id = "password", type = "password", label = "登录密码", required = true, hint = "为防止误操作和他人冒用，请再次输入登录密码" }

local TEXTS = {
    freeze = "冻结后证书立即停用，可以随时解冻。怀疑介质遗失或密码泄露时，请先冻结。",
    unfreeze = "解冻后证书恢复使用。",
    revoke = "撤销后证书永久失效，不能恢复；需要时只能重新申请或办理补办。",
}

local function fields_of(act, about)
    if about then
        return { PASSWORD, { id = "answer", type = "text", label = "您的验证答案", required = true, max = 50, autocomplete = "off",
            hint = "申请时选择的验证问题：" .. about.question, link = { label = "忘记验证答案？", href = about.forgot } } }
    elseif act ~= "revoke" then
        return { PASSWORD }
    end
    return { { id = "reason", type = "radio", label = "撤销原因", required = true, options = live.rules():list("lists.revoke_reasons") }, PASSWORD }
end

local function legal(row, act)
    for _, one in ipairs(certificate.operations(row)) do
        if one.id == act then
            return one
        end
    end
    return fail("E_CONFLICT", "这张证书现在的状态不能办理这项操作，请返回“我的证书”查看")
end

-- What is asked besides the password (C12), or nil.
local function about_of(row, act)
    return verification.needed(act) and verification.about(row) or nil
end

local function show_act(req, status, user, row, act, opts)
    local one, about = legal(row, act), about_of(row, act)
    return page.send_form(req, status, "certificate/act", page_data(user, one.label .. "证书", { rows = summary_of(live.rules(), row), text = TEXTS[act],
        fields = fields_of(act, about), phone = about and about.phone, sent = opts.sent, values = opts.values, errors = opts.errors or {}, messages = form.by_field(opts.errors or {}),
        action = one.href, main = "确认" .. one.label, back_to = "/certificate/" .. row.key }))
end

http.get("/certificate/{key}/{act}", guard.user(function(req, user)
    local row = certificate.get(user, req:param("key"))
    return show_act(req, 200, user, row, req:param("act"), {})
end), { no_store = true })

local function reason_code(value)
    for _, one in ipairs(live.rules():list("lists.revoke_reasons")) do
        if one.value == value then
            return one.code
        end
    end
    return 0
end

-- The password, and for some acts the answer and the code: what to do the order with, or nil and the errors.
local function read_act(req, user, row, act)
    local fields = fields_of(act, about_of(row, act))
    local clean, errors = form.check(fields, form.read(fields, req))
    if #errors > 0 then
        return nil, errors
    end
    local good, sentence = credential.is_own(user, clean.password)
    if not good then
        return nil, { { field = "password", code = "password", message = sentence } }
    end
    local opts = { reason = reason_code(clean.reason) }
    if verification.needed(act) then
        local problem
        opts.spend, problem = verification.check(user, row, act, { sms = req:field("sms"), answer = clean.answer })
        errors[1] = problem
    end
    return #errors == 0 and opts or nil, errors
end

local function send_code(req, user, row, act)
    local wait = verification.send(user, row, act)
    local errors = wait > 0 and { { field = "sms", code = "wait", message = "发送得太频繁，请 " .. quota.text(wait) .. "后再试" } } or nil
    return show_act(req, errors and 429 or 200, user, row, act, { values = { answer = req:field("answer") }, errors = errors, sent = wait == 0 })
end

http.post("/certificate/{key}/{act}", guard.user(function(req, user)
    csrf.check(req)
    local row, act = certificate.get(user, req:param("key")), req:param("act")
    legal(row, act)
    if req:field("_send_sms") and verification.needed(act) then
        return send_code(req, user, row, act)
    end
    local opts, errors = read_act(req, user, row, act)
    if not opts then
        return show_act(req, 422, user, row, act, { values = { reason = req:field("reason"), answer = req:field("answer") }, errors = errors })
    end
    local done = change.order(user, row.key, act, opts)
    return req:redirect("/certificate/" .. row.key .. "?said=" .. act .. (done.waiting and ".w" or ""))
end), { no_store = true })
