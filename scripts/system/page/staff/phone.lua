-- SPDX-License-Identifier: Apache-2.0
-- phone page: whose number is lost or belongs to somebody else by now proves at the counter who they are, and gets another one.
local credential = use "system/service/credential"
local csrf = use "lib/csrf"
local form = use "lib/form"
local guard = use "system/service/guard"
local shell = use "system/page/staff/shell"

local ROLES = { "counter", "reviewer" }

local fields = {
    { id = "login", type = "text", label = "用户名", required = true, max = 254, hint = "原来的手机号码或邮箱" },
    { id = "phone", type = "mobile", label = "新手机号码", required = true },
    { id = "reason", type = "text", label = "核对了什么证明", required = true, max = 200, hint = "例如：本人身份证原件和单位说明" },
}

local function show(req, status, user, opts)
    return shell.send(req, status, "staff/phone", user, { title = "更换手机号码", refused = opts.refused, errors = opts.errors or {}, done = opts.done,
        messages = form.by_field(opts.errors or {}), fields = fields, values = opts.values or {} })
end

http.get("/staff/phone", guard.staff(ROLES, function(req, user)
    return show(req, 200, user, { done = req:query("done") ~= nil })
end), { staff = true, no_store = true })

http.post("/staff/phone", guard.staff(ROLES, function(req, user)
    csrf.check(req)
    local given = { login = req:field("login") or "", phone = req:field("phone") or "", reason = req:field("reason") or "" }
    local status, sentence, errors = shell.try(function() return credential.replace_phone(user, given) end)
    if status or errors then
        return show(req, status or 422, user, { values = given, errors = errors, refused = sentence })
    end
    return req:redirect("/staff/phone?done=yes")
end), { staff = true })
