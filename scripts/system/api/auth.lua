-- SPDX-License-Identifier: Apache-2.0
-- auth: who calls the API: the account of a session cookie or of a bearer token, and whether it may call this.
local auth = {}

-- While there is no way to log in nobody is known.
local has_accounts, guard = pcall(use, "system/service/guard")

local function known(req)
    return has_accounts and guard.find(req) or nil
end

-- A browser sends its cookie whoever made it ask. The server has refused foreign origins where the browser names them; for
-- one that names none, the request must be such that no page of others can make it without asking first.
local function could_be_forged(req)
    return req:method() ~= "GET" and not req:header("Authorization")
        and not req:header("Sec-Fetch-Site") and not req:header("X-Requested-With")
        and not string.find(req:header("Content-Type") or "", "^application/json")
end

local function has_role(user, wanted)
    for _, role in ipairs(wanted) do
        if user.roles[role] then
            return true
        end
    end
    return false
end

-- auth.check(req, wanted) -> user; wanted: "none" (the user, if any), "user", or a list of staff roles of which one is needed.
-- nil when it is not allowed: the problem has been answered then.
function auth.check(req, wanted)
    local user = known(req)
    if wanted == "none" then
        return user
    elseif not user then
        req:set_header("WWW-Authenticate", 'Bearer realm="certhall"')
        req:problem(401, "请先登录")
    elseif user.is_new then
        req:problem(403, "请先在网页上修改初始密码")
    elseif could_be_forged(req) then
        req:problem(403, "请求没有说明来自何处：请使用 application/json 或 X-Requested-With")
    elseif wanted ~= "user" and not has_role(user, wanted) then
        req:problem(403, "您没有使用这个接口的权限")
    else
        return user
    end
    return nil
end

return auth
