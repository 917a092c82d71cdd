-- SPDX-License-Identifier: Apache-2.0
-- proof: the part of a form that asks for a captcha or, as its equal, for a code by SMS. The form names its purpose; the way
-- is in the address (?way=sms) or in the field _way.
local challenge = use "system/service/challenge"
local csrf = use "lib/csrf"
local limited = use "system/service/limited"
local quota = use "system/service/quota"

local proof = {}

-- "captcha" or "sms"
function proof.way(req)
    local way = req:field("_switch") or req:field("_way") or req:query("way")
    return way == "sms" and "sms" or "captcha"
end

-- proof.check_code(req, purpose, name, field) -> proof for challenge.spend, or nil and an error of the form; name: nil for a captcha
function proof.check_code(req, purpose, name, field)
    local good, sentence = challenge.solve(csrf.visit(req), purpose, name, req:field(field))
    if good then
        return good
    end
    return nil, { field = field, code = "proof", message = sentence }
end

-- The same for a form that lets people choose the way.
function proof.check(req, purpose, way, name)
    if way == "sms" then
        return proof.check_code(req, purpose, name, "sms")
    end
    return proof.check_code(req, purpose, nil, "captcha")
end

-- Sends a code: nil, or an error beside its field ("sms" unless told).
function proof.send(req, purpose, name, target, field)
    local wait = limited.wait(req, "code", 20, 30000)
    if wait == 0 then
        wait = challenge.send(csrf.visit(req), purpose, name, target)
    end
    return wait > 0 and { field = field or "sms", code = "wait", message = "发送得太频繁，请 " .. quota.text(wait) .. "后再试" } or nil
end

-- What the template part/proof needs. to: whereto a code goes, in words; field: id of the field that names it; name: what
-- the code is bound to.
function proof.data(req, purpose, way, to, field, name)
    local bind = csrf.visit(req)
    return { purpose = purpose, way = way, to = to, field = field, minutes = challenge.code_minutes,
        src = "/captcha?for=" .. purpose, again = req:path() .. "?way=captcha",
        solved = bind ~= nil and challenge.is_solved(bind, purpose, way == "sms" and (name or "") or nil) }
end

return proof
