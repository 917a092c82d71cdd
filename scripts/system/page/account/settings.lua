-- SPDX-License-Identifier: Apache-2.0
-- settings: 账号设置: what the account is entered with, and where it is logged in.
local account = use "system/service/account"
local credential = use "system/service/credential"
local csrf = use "lib/csrf"
local guard = use "system/service/guard"
local menu = use "lib/menu"
local page = use "lib/page"
local session = use "system/service/session"

local notices = {
    password = "密码已修改，其他设备上的登录已全部退出。",
    phone = "手机号码已确认，可以用它登录。",
    waits = "新手机号码将在 48 小时后生效。我们已通知原手机号码和邮箱。",
    kept = "已取消更换手机号码。",
    email = "确认邮件已发送，请在 24 小时内打开其中的链接。",
    ended = "已退出所选设备上的登录。",
}

local function state_of(value, verified_at)
    return (value or "未填写") .. (not value and "" or verified_at and "（已确认）" or "（未确认）")
end

local function rows_of(row, user)
    local rows = { { label = "网站登录用户名", value = user.name } }
    if not row.name then
        rows[2] = { label = "手机号码", value = state_of(row.phone, row.phone_verified_at), href = "/user/account/phone" }
        rows[3] = { label = "电子邮箱", value = state_of(row.email, row.email_verified_at), href = "/user/account/email" }
    end
    rows[#rows + 1] = { label = "密码", value = "不显示", href = "/user/account/password" }
    return rows
end

local function sessions_of(user)
    local out = {}
    for i, s in ipairs(session.list(user.account)) do
        out[i] = { id = s.id, device = s.row.device, peer = s.row.peer, from = s.row.created, seen = s.row.seen, here = s.id == user.session }
    end
    return out
end

http.get("/user/account", guard.user(function(req, user)
    local row = store.get("account", user.account)
    return page.send_form(req, 200, "account/settings", {
        title = "账号设置",
        crumbs = { { label = "用户中心", href = "/user" }, { label = "账号设置" } },
        user = user,
        menu = menu.user(user),
        said = notices[req:query("said")],
        rows = rows_of(row, user),
        change = row.change,
        lacks_mobile = account.lacks_mobile(user),
        sessions = sessions_of(user),
    })
end))

http.post("/user/account/sessions", guard.user(function(req, user)
    csrf.check(req)
    local id = req:field("session") or ""
    if id == "others" then
        session.stop_others(user.account, user.session)
    elseif text.matches(id, "[0-9a-f]{64}") then
        session.stop(user.account, id)
    end
    return req:redirect(id == user.session and "/login?said=out" or "/user/account?said=ended")
end))

http.post("/user/account/phone/keep", guard.user(function(req, user)
    csrf.check(req)
    credential.keep_phone(user)
    return req:redirect("/user/account?said=kept")
end))
