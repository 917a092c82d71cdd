-- SPDX-License-Identifier: Apache-2.0
-- code: codes by SMS and mail for programs: what a browser's visit is for a page, the id of a challenge is here.
local api = use "system/api/lib"
local challenge = use "system/service/challenge"
local quota = use "system/service/quota"
local target = use "system/service/target"

local code = {}

code.id = { type = "string", title = "验证码编号", pattern = "^[A-Za-z0-9_-]{22}$" }

-- 422 with one error.
function code.refuse(field, message, word)
    api.invalid({ { field = field, code = word or "proof", message = message } }, message)
end

-- 429, and when to come again.
function code.wait_for(req, ms, sentence)
    req:set_header("Retry-After", tostring((ms + 999) // 1000))
    req:problem(429, sentence or "操作太频繁，请 " .. quota.text(ms) .. "后再试")
end

-- code.send(req, purpose, typed) -> what the handler returns
function code.send(req, purpose, to)
    local name, receiver, sentence = target.of(purpose, to, req)
    if not name then
        code.refuse("to", sentence)
    end
    local id = crypto.id()
    local wait = challenge.send(id, purpose, name, receiver)
    if wait > 0 then
        return code.wait_for(req, wait)
    end
    return 201, { challenge = id, expires_in = challenge.code_minutes * 60 }
end

-- code.solve(req, purpose, typed, challenge, answer, field) -> the proof of a code that was sent; refuses a wrong one
function code.solve(req, purpose, typed, id, answer, field)
    local proof, sentence = challenge.solve(id or "", purpose, target.of(purpose, typed, req) or "", answer)
    return proof or code.refuse(field, sentence)
end

return code
