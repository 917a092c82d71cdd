-- SPDX-License-Identifier: Apache-2.0
-- login: 用户名口令登录 and Ukey登录, and the way out.
local account = use "system/service/account"
local address = use "lib/address"
local csrf = use "lib/csrf"
local form = use "lib/form"
local guard = use "system/service/guard"
local kept = use "system/service/kept"
local limited = use "system/service/limited"
local page = use "lib/page"
local proof = use "system/page/account/proof"
local quota = use "system/service/quota"
local session = use "system/service/session"
local target = use "system/service/target"

local fields = {
    { id = "account", type = "text", label = "用户名", placeholder = "请输入用户名", autocomplete = "username", required = true, max = 254,
        hint = "注册时确认过的手机号码、联系电话或电子邮箱" },
    { id = "password", type = "password", label = "密码", required = true },
}

local notices = {
    kept = { title = "登录已失效", text = "您刚才提交的内容已为您保留 30 分钟，请在本浏览器重新登录后继续提交。", tone = "warn" },
    password = { title = "密码已重新设置", text = "请用新密码登录。其他设备上的登录已全部退出。", tone = "good" },
    out = { title = "您已退出登录", tone = "good" },
}

local function tabs_of(to)
    local query = to and "&to=" .. address.escape(to) or ""
    return {
        { id = "password", label = "用户名口令登录", href = "/login?way=password" .. query },
        { id = "ukey", label = "Ukey登录", href = "/login?way=ukey" .. query },
    }
end

local function show(req, status, values, errors, more)
    local to = address.inside(req:field("to") or req:query("to"), nil)
    local name = values.account and account.login_name(values.account) or ""
    more = more or {}
    return page.send_form(req, status, "account/login", {
        title = "用户登录",
        crumbs = { { label = "用户登录" } },
        tabs = tabs_of(to),
        way = req:query("way") == "ukey" and "ukey" or "password",
        to = to,
        notice = notices[req:query("said")],
        fields = fields,
        values = values,
        errors = errors,
        messages = form.by_field(errors),
        sent = more.sent,
        proof = name ~= "" and account.is_doubtful(name)
            and proof.data(req, "login", proof.way(req), "该用户名已确认的手机或邮箱", "account", name) or nil,
    })
end

local function home_of(user)
    return next(user.roles) and "/staff" or "/user"
end

http.get("/login", guard.optional(function(req, user)
    if user and req:query("way") ~= "ukey" then
        return req:redirect(address.inside(req:query("to"), home_of(user)))
    end
    return show(req, 200, {}, {})
end))

-- Buttons beside 用户登录: another way to prove, or a code.
local function other_button(req, clean)
    if req:field("_switch") then
        return show(req, 200, clean, {})
    end
    local name, to, sentence = target.of("login", clean.account, req)
    local wrong = not name and { field = "account", code = "missing", message = sentence } or proof.send(req, "login", name, to)
    return show(req, wrong and 422 or 200, clean, wrong and { wrong } or {}, { sent = not wrong })
end

local function refuse(req, clean, why)
    if why.wait then
        return show(req, 429, clean, { { field = "account", code = "wait",
            message = "尝试次数太多，请 " .. quota.text(why.wait) .. "后再试，或用“忘记密码”重新设置密码" } })
    elseif why.doubtful then
        return show(req, 422, clean, { { field = "captcha", code = "missing", message = "失败次数较多，请输入下面图片的字符" } })
    end
    return show(req, 422, clean, { { field = "account", code = "login", message = "用户名或密码不正确" } })
end

-- The captcha or code, when the name was tried too often: proof, or nil and an error.
local function check_proof(req, name)
    if not account.is_doubtful(name) then
        return nil, nil
    end
    return proof.check(req, "login", proof.way(req), name)
end

local function enter(req, row, tries)
    session.start(req, row.key, function(tx)
        quota.clear(tx, tries)
    end)
    local user = { account = row.key, roles = domain.roles(row.key) }
    return req:redirect(kept.of(req, user) and "/login/resume" or address.inside(req:field("to"), home_of(user)))
end

http.post("/login", function(req)
    csrf.check(req)
    limited.check(req, "login", 60, 2000)
    local clean, errors = form.check(fields, form.read(fields, req))
    if req:field("_switch") or req:field("_send_sms") then
        return other_button(req, clean)
    end
    local good, wrong = check_proof(req, account.login_name(clean.account))
    errors[#errors + 1] = wrong
    if #errors > 0 then
        return show(req, 422, clean, errors)
    end
    local row, why = account.enter(clean.account, clean.password, good)
    if not row then
        return refuse(req, clean, why)
    end
    return enter(req, row, why)
end)

http.get("/login/resume", guard.user(function(req, user)
    local row = kept.of(req, user)
    if not row then
        return req:redirect(home_of(user))
    end
    return page.send_form(req, 200, "account/resume", {
        title = "继续提交",
        crumbs = { { label = "继续提交" } },
        user = user,
        action = row.path,
        fields = row.fields,
    })
end))

http.post("/logout", guard.optional(function(req, user)
    csrf.check(req)
    if user then
        session.stop(user.account, user.session)
    end
    session.forget(req)
    return req:redirect("/login?said=out")
end))
