-- SPDX-License-Identifier: Apache-2.0
-- verification: the answer to the verification question together with an SMS code to the handler (C12): asked where something is
-- brought back or made anew (unfreezing; renewal, change, re-issue and key recovery when they open), never where something is
-- stopped. The code comes first, so that the answer cannot be guessed without the phone; ten wrong answers a day and no more.
local case = use "system/service/case"
local challenge = use "system/service/challenge"
local normal_answer = use "lib/answer"
local proof = use "system/service/download_proof"
local quota = use "system/service/quota"

local verification = {}

local TRIES = { { 10, 24 * 3600 * 1000 } }
local NEEDED = { unfreeze = true }

-- Whether an operation on a certificate asks it.
function verification.needed(act)
    return NEEDED[act] == true
end

local function case_of(certificate)
    local row = store.get("case", certificate.case)
    row.key = certificate.case
    return row
end

-- verification.about(certificate) -> { question, phone (masked), forgot (where a new answer is asked for) }
function verification.about(certificate)
    local row = case_of(certificate)
    local question
    for _, one in ipairs(case.rules(row):list("lists.questions")) do
        question = one.value == row.values.question and one.label or question
    end
    return { question = question or "您的验证问题", phone = html.helpers.phone(proof.phone(row)),
        forgot = "/case/" .. row.key .. "/answer" }
end

local function purpose_of(certificate, act)
    return "certificate." .. act .. ":" .. certificate.key
end

-- Sends the code: 0, or the milliseconds to wait.
function verification.send(user, certificate, act)
    local phone = proof.phone(case_of(certificate))
    return challenge.send(user.account, purpose_of(certificate, act), phone, { channel = "sms", to = phone })
end

local function judge_answer(row, answer)
    local key = quota.key("answer", row.key)
    local wait = store.tx(function(tx)
        return quota.take(tx, key, TRIES)
    end)
    if wait > 0 then
        return "验证答案今天输错的次数太多，请 " .. quota.text(wait) .. "后再试，或拨打客服电话"
    elseif not crypto.password_verify(normal_answer(answer), row.answer) then
        return "验证答案不正确，请按申请时填写的内容输入"
    end
    store.tx(function(tx)
        quota.clear(tx, key)
    end)
    return nil
end

-- verification.check(user, certificate, act, { sms, answer }) -> spend(tx), or nil and the error of the field
function verification.check(user, certificate, act, given)
    local row = case_of(certificate)
    local solved, sentence = challenge.solve(user.account, purpose_of(certificate, act), proof.phone(row), given.sms or "")
    if not solved then
        return nil, { field = "sms", code = "proof", message = sentence }
    end
    local wrong = judge_answer(row, given.answer or "")
    if wrong then
        return nil, { field = "answer", code = "answer", message = wrong }
    end
    return function(tx)
        return challenge.spend(tx, solved)
    end
end

return verification
