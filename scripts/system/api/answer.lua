-- SPDX-License-Identifier: Apache-2.0
-- answer API: 忘记验证答案: the code, then the new answer that a reviewer has to agree to.
local answer_reset = use "system/service/answer_reset"
local api = use "system/api/lib"
local case = use "system/service/case"
local credential = use "system/service/credential"

api.post("/api/v1/cases/{key}/answer/sms", {
    id = "sendAnswerCode", tag = "cases", summary = "向经办人手机发送重设验证答案的短信验证码", status = 202, idempotent = false,
    answers = { [409] = "现在不能重设" },
}, function(req, user)
    local row = case.get(user, req:param("key"))
    answer_reset.must_take(row)
    local wait = answer_reset.send(user, row)
    if wait > 0 then
        req:set_header("Retry-After", tostring((wait + 999) // 1000))
        fail("E_BUSY", "发送得太频繁，请稍后再试")
    end
    return 202
end)

api.post("/api/v1/cases/{key}/answer", {
    id = "askNewAnswer", tag = "cases", summary = "请求重设验证答案，审核员核实后生效", status = 202, idempotent = false,
    body = { type = "object", required = { "password", "sms", "answer" }, additionalProperties = false, properties = {
        password = { type = "string", title = "登录密码", maxLength = 200 }, sms = { type = "string", title = "短信验证码", maxLength = 10 },
        answer = { type = "string", title = "新的验证答案", maxLength = 50 } } },
    answers = { [409] = "现在不能重设" },
}, function(req, user, body)
    local row = case.get(user, req:param("key"))
    answer_reset.must_take(row)
    local good, sentence = credential.is_own(user, body.password)
    local problem = not good and { field = "password", code = "password", message = sentence } or answer_reset.ask(user, row, body)
    if problem then
        api.invalid { problem }
    end
    return 202
end)
