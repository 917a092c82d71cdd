-- SPDX-License-Identifier: Apache-2.0
-- answer_reset: who forgot the verification answer gives a new one with password and SMS code; it holds when a reviewer, who is no party,
-- has looked who asks (C12). On the row: answer_asked = { hash, at, by }.
local case = use "system/service/case"
local claim = use "system/service/claim"
local message = use "system/service/message"
local normal_answer = use "lib/answer"
local own = use "system/service/own"
local person = use "system/service/person"
local proof = use "system/service/download_proof"
local quota = use "system/service/quota"
local refusal = use "system/service/refusal"
local say = use "system/service/say"
local todo = use "system/service/todo"
local watch = use "system/service/watch"

local answer_reset = {}

local WAY = "answer"

-- E_CONFLICT where a form is open to change the answer, or there is none.
function answer_reset.must_take(row)
    if not row.submitted or row.answer == "" or case.editable(row).any then
        fail("E_CONFLICT", "申请现在可以直接修改，请在“修改证书申请”中填写新的验证答案")
    elseif row.answer_asked then
        fail("E_CONFLICT", "重设验证答案的请求已收到，请等待审核员核实，结果会发短信通知")
    end
end

-- Sends the SMS code to the handler: 0, or the milliseconds to wait.
function answer_reset.send(user, row)
    return proof.send(user, row, WAY)
end

local function write(tx, user, key, spend, hash)
    local row = case.lock(tx, user, key)
    answer_reset.must_take(row)
    if not spend(tx) then
        return { field = "sms", code = "proof", message = "验证码已失效，请重新发送" }
    end
    row.answer_asked = { hash = hash, at = tx:now(), by = user.account }
    case.put(tx, row)
    todo.add(tx, "answer", { case = key, text = "受理号 " .. row.number .. " 请求重设验证答案，请核实后在办件页面处理" })
    tx:append("audit", key, { event = "answer.asked", by = user.account })
    return nil
end

-- answer_reset.ask(user, row, { sms, answer }) -> nil, or the error of a field. E_CONFLICT.
function answer_reset.ask(user, row, given)
    answer_reset.must_take(row)
    local answer = normal_answer(given.answer or "")
    if answer == "" or text.length(answer) > 50 then
        return { field = "answer", code = "missing", message = "请填写新的验证答案，最多 50 个字" }
    end
    local spend, sentence = proof.solve(user, row, WAY, given.sms)
    if not spend then
        return { field = "sms", code = "proof", message = sentence }
    end
    local hash = crypto.password_hash(answer)
    return store.tx(function(tx)
        return write(tx, user, row.key, spend, hash)
    end)
end

local function close(tx, row, user, why)
    local asked = row.answer_asked or fail("E_CONFLICT", "没有待处理的重设请求，可能已由他人处理，请刷新页面")
    row.answer = why and row.answer or asked.hash
    row.answer_asked = nil
    case.put(tx, row)
    watch.act(tx, user, row.key, why and "answer_refused" or "answer_reset", { why = why })
    message.send(tx, row, why and "answer_refused" or "answer_reset", say.of(row, case.rules(row), { reason = why }))
end

-- answer_reset.decide(user, key, why): the new answer holds; with a reason the old one stays. E_CONFLICT, E_DENIED for own cases.
function answer_reset.decide(user, key, why)
    local before = own.for_staff(user, key, { "reviewer" })
    local parties = person.parties(before, case.rules(before))
    local tries = quota.key("answer", key)
    refusal.tx(function(tx)
        local row = claim.lock(tx, key)
        claim.refuse_own(tx, user, row, parties)
        close(tx, row, user, why)
        quota.clear(tx, tries)
    end)
    case.told(key)
end

return answer_reset
