-- SPDX-License-Identifier: Apache-2.0
-- guard: who may come in. Handlers are wrapped when they are declared:
--   guard.user(function(req, user) … end)                     anybody who is logged in
--   guard.staff({ "reviewer", … }, function(req, user) … end) staff with one of these roles
--   guard.optional(function(req, user) … end)                 user is nil for visitors
--   guard.api(roles or nil, function(req, user) … end)        programs: 401 instead of the login page
-- user = { account, name, phone, email, phone_verified_at, email_verified_at, roles = { reviewer = true … }, session, is_new }
-- Who came with the operator's password (is_new) gets no page but the one where it is changed.
-- Without a session a page leads to /login and back; what was posted is kept for half an hour (service/kept).
local address = use "lib/address"
local attempt = use "system/service/attempt"
local kept = use "system/service/kept"
local session = use "system/service/session"

local guard = {}

-- Where the operator's password is changed.
local FIRST = "/user/account/password"

-- The user of a session as handlers see it.
local function user_of(s)
    if not s then
        return nil
    end
    local a = s.account
    return { account = a.key, name = a.name or a[a.shown] or "", phone = a.phone, email = a.email,
        phone_verified_at = a.phone_verified_at, email_verified_at = a.email_verified_at, roles = s.roles, session = s.id,
        is_new = a.setup_until ~= nil }
end

-- guard.find(req) -> user|nil
function guard.find(req)
    return user_of(session.of(req))
end

local function may(user, roles)
    if not roles then
        return true
    end
    for _, role in ipairs(roles) do
        if user.roles[role] then
            return true
        end
    end
    return false
end

local function check_role(user, roles)
    if not may(user, roles) then
        fail("E_DENIED", "您的账号没有办理这项工作的权限")
    end
end

local function is_api(req)
    return text.starts(req:path(), "/api/")
end

local function turn_away_program(req)
    req:set_header("WWW-Authenticate", 'Bearer realm="certhall"')
    return req:problem(401, "请先登录")
end

local function turn_away(req)
    if is_api(req) then
        return turn_away_program(req)
    end
    local is_get = req:method() == "GET" or req:method() == "HEAD"
    if not is_get and kept.keep(req) then
        return req:redirect("/login?said=kept")
    end
    return req:redirect("/login?to=" .. address.escape(is_get and req:target() or "/user"))
end

local function refuse_new(req)
    if is_api(req) then
        return req:problem(403, "请先在网页上修改初始密码")
    end
    return req:redirect(FIRST)
end

local function wrap(roles, handler, refuse)
    return function(req)
        local user = guard.find(req)
        if not user then
            return refuse(req)
        elseif user.is_new and req:path() ~= FIRST then
            return refuse_new(req)
        end
        if refuse == turn_away_program then
            check_role(user, roles)
            return handler(req, user)
        end
        return attempt(req, user, function()
            check_role(user, roles)
            return handler(req, user)
        end)
    end
end

function guard.user(handler)
    return wrap(nil, handler, turn_away)
end

function guard.staff(roles, handler)
    return wrap(roles, handler, turn_away)
end

function guard.api(roles, handler)
    return wrap(roles, handler, turn_away_program)
end

function guard.optional(handler)
    return function(req)
        return attempt(req, guard.find(req), handler)
    end
end

return guard
