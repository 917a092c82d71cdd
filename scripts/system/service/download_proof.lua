-- SPDX-License-Identifier: Apache-2.0
-- download_proof: the captcha of 证书下载 and its equal, an SMS code to the handler; and the SMS code that unlocks. Page and API
-- ask here; both belong to the account, so that a program needs no cookie.
local case = use "system/service/case"
local challenge = use "system/service/challenge"

local proof = {}

-- The handler's mobile number.
function proof.phone(row)
    local fields = case.rules(row):kind(row.kind).fields
    return row.values[fields.notify[1]] or ""
end

local function purpose_of(row, what)
    return "download." .. what .. ":" .. row.key
end

-- A new picture, PNG.
function proof.captcha(user, row)
    return challenge.draw(user.account, purpose_of(row, "captcha"))
end

-- Sends an SMS code for "download" or "unlock": 0, or the milliseconds to wait.
function proof.send(user, row, what)
    local phone = proof.phone(row)
    return challenge.send(user.account, purpose_of(row, what), phone, { channel = "sms", to = phone })
end

-- proof.solve(user, row, way, typed) -> spend(tx), or nil and a sentence; way: captcha, download (SMS) or unlock (SMS)
function proof.solve(user, row, way, typed)
    local name = way ~= "captcha" and proof.phone(row) or nil
    local key, sentence = challenge.solve(user.account, purpose_of(row, way), name, typed or "")
    if not key then
        return nil, sentence
    end
    return function(tx)
        return challenge.spend(tx, key)
    end
end

return proof
