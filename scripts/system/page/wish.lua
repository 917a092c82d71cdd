-- SPDX-License-Identifier: Apache-2.0
-- wish pages: 忘记验证答案 and 更正证书邮箱 of an application that was handed in (S107, C12, C18).
local case = use "system/service/case"
local credential = use "system/service/credential"
local csrf = use "lib/csrf"
local form = use "lib/form"
local guard = use "system/service/guard"
local message = use "system/service/message"
local proof = use "system/service/download_proof"
local quota = use "system/service/quota"
local shell = use "system/page/shell"
local wish = use "system/service/wish"

local PASSWORD = { id = "password", type = "password", label = "登录密码", required = true, hint = "为防止他人冒用，请再次输入登录密码" }

-- What stands now, in words.
local present = {}

function present.answer(row)
    for _, one in ipairs(case.rules(row):list("lists.questions")) do
        if one.value == row.values.question then
            return "验证问题：" .. one.label
        end
    end
    return "验证问题：未选择"
end

function present.mail(row)
    return "现在的邮箱：" .. message.mail_of(row)
end

local function show(req, status, user, row, what, opts)
    local one = wish.kinds[what]
    local data = shell.data(req, user, row, one.label)
    data.present, data.fields, data.values = present[what](row), { PASSWORD, one.field }, opts.values or {}
    data.errors, data.messages = opts.errors or {}, form.by_field(opts.errors or {})
    data.phone, data.sent, data.action = html.helpers.phone(proof.phone(row)), opts.sent, data.href .. "/" .. what
    return shell.send(req, status, "case/wish", data)
end

local function taken(req, user, row, what)
    local ok, problem = pcall(wish.must_take, row, what)
    if ok then
        return true
    end
    shell.closed(req, user, row, wish.kinds[what].label, type(problem) == "table" and problem.message or error(problem, 0))
    return false
end

-- The password, then what the service judges: nil, or the errors.
local function ask(req, user, row, what)
    local fields = { PASSWORD, wish.kinds[what].field }
    local clean, errors = form.check(fields, form.read(fields, req))
    if #errors > 0 then
        return errors
    end
    local good, sentence = credential.is_own(user, clean.password)
    local problem = not good and { field = "password", code = "password", message = sentence }
        or wish.ask(user, row, what, { sms = req:field("sms"), value = clean[what] })
    return problem and { problem } or nil
end

local function open(req, user, what)
    local row = case.get(user, req:param("key"))
    if req:query("asked") and row.wish then
        local data = shell.data(req, user, row, wish.kinds[what].label)
        data.asked = true
        return shell.send(req, 200, "case/wish", data)
    end
    return taken(req, user, row, what) and show(req, 200, user, row, what, {})
end

local function post(req, user, what)
    csrf.check(req)
    local row, values = case.get(user, req:param("key")), { [what] = req:field(what) }
    if not taken(req, user, row, what) then
        return
    elseif req:field("_send_sms") then
        local wait = wish.send(user, row, what)
        local errors = wait > 0 and { { field = "sms", message = "发送得太频繁，请 " .. quota.text(wait) .. "后再试" } } or nil
        return show(req, errors and 429 or 200, user, row, what, { values = values, errors = errors, sent = wait == 0 })
    end
    local errors = ask(req, user, row, what)
    if errors then
        return show(req, 422, user, row, what, { values = values, errors = errors })
    end
    return req:redirect("/case/" .. row.key .. "/" .. what .. "?asked=yes")
end

for what in pairs(wish.kinds) do
    http.get("/case/{key}/" .. what, guard.user(function(req, user) return open(req, user, what) end), { no_store = true })
    http.post("/case/{key}/" .. what, guard.user(function(req, user) return post(req, user, what) end), { no_store = true })
end
