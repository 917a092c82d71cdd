-- SPDX-License-Identifier: Apache-2.0
-- answer page: 忘记验证答案 of an application that was handed in (S107, C12).
local answer_reset = use "system/service/answer_reset"
local case = use "system/service/case"
local credential = use "system/service/credential"
local csrf = use "lib/csrf"
local form = use "lib/form"
local guard = use "system/service/guard"
local proof = use "system/service/download_proof"
local quota = use "system/service/quota"
local shell = use "system/page/shell"

local TITLE = "重设验证答案"

local fields = {
    { id = "password", type = "password", label = "登录密码", required = true, hint = "为防止他人冒用，请再次输入登录密码" },
    { id = "answer", type = "text", label = "新的验证答案", required = true, max = 50, autocomplete = "off" },
}

local function question_of(row, b)
    for _, one in ipairs(b:list("lists.questions")) do
        if one.value == row.values.question then
            return one.label
        end
    end
    return "您的验证问题"
end

local function show(req, status, user, row, opts)
    local data = shell.data(req, user, row, TITLE)
    data.question, data.fields, data.values = question_of(row, case.rules(row)), fields, opts.values or {}
    data.errors, data.messages = opts.errors or {}, form.by_field(opts.errors or {})
    data.phone, data.sent, data.action = html.helpers.phone(proof.phone(row)), opts.sent, data.href .. "/answer"
    return shell.send(req, status, "case/answer", data)
end

local function taken(req, user, row)
    local ok, problem = pcall(answer_reset.must_take, row)
    if ok then
        return true
    end
    shell.closed(req, user, row, TITLE, type(problem) == "table" and problem.message or error(problem, 0))
    return false
end

http.get("/case/{key}/answer", guard.user(function(req, user)
    local row = case.get(user, req:param("key"))
    if req:query("asked") and row.answer_asked then
        local data = shell.data(req, user, row, TITLE)
        data.asked = true
        return shell.send(req, 200, "case/answer", data)
    end
    return taken(req, user, row) and show(req, 200, user, row, {})
end), { no_store = true })

-- The password, then what the service judges: nil, or the errors.
local function ask(req, user, row)
    local clean, errors = form.check(fields, form.read(fields, req))
    if #errors > 0 then
        return errors
    end
    local good, sentence = credential.is_own(user, clean.password)
    local problem = not good and { field = "password", code = "password", message = sentence }
        or answer_reset.ask(user, row, { sms = req:field("sms"), answer = clean.answer })
    return problem and { problem } or nil
end

http.post("/case/{key}/answer", guard.user(function(req, user)
    csrf.check(req)
    local row = case.get(user, req:param("key"))
    if not taken(req, user, row) then
        return
    end
    local values = { answer = req:field("answer") }
    if req:field("_send_sms") then
        local wait = answer_reset.send(user, row)
        local errors = wait > 0 and { { field = "sms", message = "发送得太频繁，请 " .. quota.text(wait) .. "后再试" } } or nil
        return show(req, errors and 429 or 200, user, row, { values = values, errors = errors, sent = wait == 0 })
    end
    local errors = ask(req, user, row)
    if errors then
        return show(req, 422, user, row, { values = values, errors = errors })
    end
    return req:redirect("/case/" .. row.key .. "/answer?asked=yes")
end), { no_store = true })
