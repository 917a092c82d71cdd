-- SPDX-License-Identifier: Apache-2.0
-- code: the picture of a captcha, and sending a code without loading the page again.
local challenge = use "system/service/challenge"
local csrf = use "lib/csrf"
local limited = use "system/service/limited"
local proof = use "system/page/account/proof"
local target = use "system/service/target"

http.get("/captcha", function(req)
    local bind, purpose = csrf.visit(req), req:query("for")
    if not bind or not target.has(purpose) then
        return req:problem(404, "没有这张图片")
    end
    limited.check(req, "captcha", 60, 2000)
    return req:bytes(200, "image/png", challenge.draw(bind, purpose))
end, { no_store = true })

http.post("/code", function(req)
    csrf.check(req)
    local name, to, sentence = target.of(req:field("purpose"), req:field("to"), req)
    local wrong = name and proof.send(req, req:field("purpose"), name, to)
    if wrong or not name then
        return req:json(422, { message = wrong and wrong.message or sentence })
    end
    return req:json(200, { message = "验证码已发送，请查收" })
end, { no_store = true })
