-- SPDX-License-Identifier: Apache-2.0
-- handover page: which account has an application, and giving it to another one.
local case = use "system/service/case"
local csrf = use "lib/csrf"
local form = use "lib/form"
local guard = use "system/service/guard"
local handover = use "system/service/handover"
local own = use "system/service/own"
local reader = use "system/service/reader"
local shell = use "system/page/staff/shell"
local watch = use "system/service/watch"

local fields = {
    { id = "login", type = "text", label = "接办人的用户名", required = true, max = 254, hint = "接办人注册并确认过的手机号码或邮箱" },
    { id = "reason", type = "text", label = "移交原因和依据", required = true, max = 200, hint = "例如：原经办人离职，单位说明已收到并存档" },
}

local function masked(login)
    local name, domain = string.match(login, "^(.)[^@]*(@.+)$")
    return name and name .. "***" .. domain or html.helpers.phone(login)
end

local function holders(key)
    local out = {}
    for i, one in ipairs(handover.holders(reader.of(nil), key)) do
        out[i] = masked(one.logins[1] or "")
    end
    return table.concat(out, "、")
end

local function show(req, status, user, row, opts)
    local home = "/staff/case/" .. row.key
    return shell.send(req, status, "staff/handover", user, { title = "移交申请", refused = opts.refused, errors = opts.errors or {},
        messages = form.by_field(opts.errors or {}), fields = fields, values = opts.values or {}, action = home .. "/handover", back_to = home,
        rows = { { label = "主体名称", value = row.subject }, { label = "业务受理号", value = row.number },
            { label = "申请状态", value = case.rules(row):state(row.kind, row.state).label }, { label = "现由账号", value = holders(row.key) } },
        crumbs = { { label = "工作台", href = "/staff" }, { label = row.number, href = home }, { label = "移交申请" } } })
end

http.get("/staff/case/{key}/handover", guard.staff(handover.ROLES, function(req, user)
    local row = own.for_staff(user, req:param("key"), handover.ROLES)
    watch.read(user, row.key, "holders")
    return show(req, 200, user, row, {})
end), { staff = true, no_store = true })

http.post("/staff/case/{key}/handover", guard.staff(handover.ROLES, function(req, user)
    csrf.check(req)
    local row = own.for_staff(user, req:param("key"), handover.ROLES)
    local given = { login = req:field("login") or "", reason = req:field("reason") or "" }
    local status, sentence, errors = shell.try(function() return handover.give(user, row.key, given) end)
    if status or errors then
        return show(req, status or 422, user, row, { values = given, errors = errors, refused = sentence })
    end
    return req:redirect("/staff/case/" .. row.key .. "?done=handover")
end), { staff = true })
