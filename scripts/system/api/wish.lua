-- SPDX-License-Identifier: Apache-2.0
-- wish API: 忘记验证答案, 更正证书邮箱: the code, then what a reviewer has to agree to.
local api = use "system/api/lib"
local case = use "system/service/case"
local credential = use "system/service/credential"
local wish = use "system/service/wish"

local function send(req, user, what)
    local row = case.get(user, req:param("key"))
    wish.must_take(row, what)
    local wait = wish.send(user, row, what)
    if wait > 0 then
        req:set_header("Retry-After", tostring((wait + 999) // 1000))
        fail("E_BUSY", "发送得太频繁，请稍后再试")
    end
    return 202
end

local function ask(req, user, body, what)
    local row = case.get(user, req:param("key"))
    wish.must_take(row, what)
    local good, sentence = credential.is_own(user, body.password)
    local problem = not good and { field = "password", code = "password", message = sentence }
        or wish.ask(user, row, what, { sms = body.sms, value = body[what] })
    if problem then
        api.invalid { problem }
    end
    return 202
end

local NAMES, CLASHES = { answer = "Answer", mail = "Mail" }, { [409] = "现在不能办理" }

for what, one in pairs(wish.kinds) do
    api.post("/api/v1/cases/{key}/" .. what .. "/sms", { id = "send" .. NAMES[what] .. "Code", tag = "cases", status = 202, idempotent = false,
        summary = "向经办人手机发送" .. one.label .. "的短信验证码", answers = CLASHES }, function(req, user) return send(req, user, what) end)
    api.post("/api/v1/cases/{key}/" .. what, { id = "askNew" .. NAMES[what], tag = "cases", status = 202, idempotent = false,
        summary = "请求" .. one.label .. "，审核员核实后生效", answers = CLASHES,
        body = { type = "object", required = { "password", "sms", what }, additionalProperties = false, properties = {
            password = { type = "string", title = "登录密码", maxLength = 200 }, sms = { type = "string", title = "短信验证码", maxLength = 10 },
            [what] = { type = "string", title = one.field.label, maxLength = 254 } } },
    }, function(req, user, body) return ask(req, user, body, what) end)
end
