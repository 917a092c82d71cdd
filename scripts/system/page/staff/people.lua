-- SPDX-License-Identifier: Apache-2.0
-- people: staff and their roles, for administrators. Nobody changes their own.
local csrf = use "lib/csrf"
local form = use "lib/form"
local guard = use "system/service/guard"
local people = use "system/service/people"
local shell = use "system/page/staff/shell"

local ADMIN = { "admin" }

local columns = { { id = "name", label = "姓名" }, { id = "login", label = "用户名" }, { id = "roles", label = "角色" }, { id = "act", label = "操作" } }

local role_field = { id = "roles", type = "checkbox", label = "角色", options = people.roles, required = true }

local add_fields = {
    { id = "login", type = "text", label = "用户名", required = true, max = 254, hint = "本人注册并确认过的手机号码或邮箱" },
    { id = "name", type = "name", label = "姓名", required = true, max = 50 },
    { id = "number", type = "idcard", label = "身份证号码", required = true, hint = "只保存摘要，用于判断审核人与申请是否有关" },
    role_field,
}

local function labels(roles)
    local out = {}
    for i, one in ipairs(roles) do
        out[i] = one.label
    end
    return #out > 0 and table.concat(out, "、") or "无（已停用）"
end

local function cells(rows, user)
    local out = {}
    for i, one in ipairs(rows) do
        out[i] = { name = one.name, login = one.login, roles = labels(one.roles),
            act = one.account ~= user.account and { href = "/staff/people/" .. one.account, label = "更改角色", say = one.name } or "本人" }
    end
    return out
end

http.get("/staff/people", guard.staff(ADMIN, function(req, user)
    local found = people.list(user, req:query("after"))
    return shell.send(req, 200, "staff/people", user, { title = "工作人员", columns = columns, rows = cells(found.rows, user), done = req:query("done"),
        after = found.after and shell.href("/staff/people", { { "after", found.after } }) })
end), { staff = true, no_store = true })

local function show_form(req, status, user, data)
    data.crumbs = { { label = "工作台", href = "/staff" }, { label = "工作人员", href = "/staff/people" }, { label = data.title } }
    data.messages = form.by_field(data.errors)
    return shell.send(req, status, "staff/person", user, data)
end

local function add_page(req, status, user, values, errors, refused)
    return show_form(req, status, user, { title = "添加工作人员", fields = add_fields, values = values, errors = errors, refused = refused,
        action = "/staff/people/add", main = "添加" })
end

http.get("/staff/people/add", guard.staff(ADMIN, function(req, user)
    return add_page(req, 200, user, { roles = {} }, {})
end), { staff = true, no_store = true })

http.post("/staff/people/add", guard.staff(ADMIN, function(req, user)
    csrf.check(req)
    local given = { login = req:field("login") or "", name = req:field("name") or "", number = req:field("number") or "", roles = req:field_list("roles") }
    local status, sentence, errors = shell.try(function() return people.add(user, given) end)
    if status or errors then
        return add_page(req, status or 422, user, given, errors or {}, sentence)
    end
    return req:redirect("/staff/people?done=added")
end), { staff = true })

local function ids(roles)
    local out = {}
    for i, one in ipairs(roles) do
        out[i] = one.value
    end
    return out
end

local function person_page(req, status, user, one, roles, refused)
    return show_form(req, status, user, { title = "更改角色：" .. one.name, fields = { role_field }, values = { roles = roles }, errors = {},
        refused = refused, action = "/staff/people/" .. one.account, main = "保存", hint = "保存后对方须重新登录。全部取消即停用其工作权限。" })
end

http.get("/staff/people/{account}", guard.staff(ADMIN, function(req, user)
    local one = people.get(user, req:param("account"))
    return person_page(req, 200, user, one, ids(one.roles))
end), { staff = true, no_store = true })

http.post("/staff/people/{account}", guard.staff(ADMIN, function(req, user)
    csrf.check(req)
    local one, roles = people.get(user, req:param("account")), req:field_list("roles")
    local status, sentence = shell.try(function() people.set(user, one.account, roles) end)
    if status then
        return person_page(req, status, user, one, roles, sentence)
    end
    return req:redirect("/staff/people?done=set")
end), { staff = true })
