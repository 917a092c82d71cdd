-- SPDX-License-Identifier: Apache-2.0
-- login: 用户名口令登录 and Ukey登录, and the way out.
local account = use "system/service/account"
local address = use "lib/address"
local csrf = use "lib/csrf"
local form = use "lib/form"
local guard = use "system/service/guard"
local kept = use "system/service/kept"
local page = use "lib/page"
local quota = use "system/service/quota"
local session = use "system/service/session"

local fields = {
    { id = "account", type = "text", label = "用户名", placeholder = "请输入用户名", autocomplete = "username", required = true, max = 254,
        hint = "注册时确认过的手机号码、联系电话或电子邮箱" },
    { id = "password", type = "password", label = "密码", required = true },
}

local function tabs_of(to)
    local query = to and "&to=" .. address.escape(to) or ""
    return {
        { id = "password", label = "用户名口令登录", href = "/login?way=password" .. query },
        { id = "ukey", label = "Ukey登录", href = "/login?way=ukey" .. query },
    }
end

local function show(req, status, values, errors)
    local to = address.inside(req:field("to") or req:query("to"), nil)
    return page.send_form(req, status, "account/login", {
        title = "用户登录",
        crumbs = { { label = "用户登录" } },
        tabs = tabs_of(to),
        way = req:query("way") == "ukey" and "ukey" or "password",
        to = to,
        kept = req:query("kept") == "1",
        fields = fields,
        values = values,
        errors = errors,
        messages = form.by_field(errors),
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

local function refuse(req, clean, wait)
    local message = wait > 0 and "尝试次数太多，请 " .. quota.text(wait) .. "后再试，或用“忘记密码”重新设置密码" or "用户名或密码不正确"
    return show(req, wait > 0 and 429 or 422, clean, { { field = "account", code = "login", message = message } })
end

http.post("/login", function(req)
    csrf.check(req)
    local clean, errors = form.check(fields, form.read(fields, req))
    if #errors > 0 then
        return show(req, 422, clean, errors)
    end
    local row, key = account.enter(clean.account, clean.password)
    if not row then
        return refuse(req, clean, key)
    end
    session.start(req, row.key, function(tx)
        quota.clear(tx, key)
    end)
    local user = { account = row.key, roles = domain.roles(row.key) }
    if kept.of(req, user) then
        return req:redirect("/login/resume")
    end
    return req:redirect(address.inside(req:field("to"), home_of(user)))
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
    return req:redirect("/login")
end))
