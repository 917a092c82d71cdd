-- SPDX-License-Identifier: Apache-2.0
-- wish: what the holder of an application may ask for after it was handed in and a reviewer has to agree to, who is no party: a new
-- verification answer (C12), another mail address of the certificate (C18). Asked with password and SMS code to the handler.
-- On the row: wish = { what, value, shown, at, by }, one at a time.
local case = use "system/service/case"
local claim = use "system/service/claim"
local download = use "system/service/download"
local judge = use "lib/field"
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

local wish = {}

-- Each: label; field of the page; read(row, typed) -> value, shown; or nil and the code and sentence of an error; grant(tx, row, value)
local kinds = { answer = { label = "重设验证答案" }, mail = { label = "更正证书邮箱" } }
wish.kinds = kinds

kinds.answer.field = { id = "answer", type = "text", label = "新的验证答案", required = true, max = 50, autocomplete = "off" }
kinds.mail.field = { id = "mail", type = "email", label = "新的邮箱", required = true, hint = "证书下载授权码只发送到这个邮箱" }

function kinds.answer.read(_, typed)
    local answer = normal_answer(typed)
    if answer == "" or text.length(answer) > 50 then
        return nil, "missing", "请填写新的验证答案，最多 50 个字"
    end
    return crypto.password_hash(answer), ""
end

function kinds.answer.grant(_, row, hash)
    row.answer = hash
end

function kinds.mail.read(row, typed)
    local mail, code, sentence = judge.check(kinds.mail.field, typed)
    if mail and mail == message.mail_of(row) then
        return nil, "same", "与现在的邮箱相同，不需要更正"
    end
    return mail, mail and mail or code, sentence
end

-- A code that went to the wrong address is void; the new one goes where it belongs.
function kinds.mail.grant(tx, row, mail)
    local right = tx:get("download", row.key)
    row.mail_to = mail
    if right and right.digest ~= "" then
        download.send(tx, row, case.rules(row))
    end
end

local ENDED = { refused = true, cancelled = true, closed = true }

-- E_NOT_FOUND for another word; E_CONFLICT where a form is open for it, or a wish waits already.
function wish.must_take(row, what)
    if not kinds[what] then
        fail("E_NOT_FOUND", "没有这项业务")
    elseif ENDED[row.state] then
        fail("E_CONFLICT", "申请已结束，不能再" .. kinds[what].label)
    elseif not row.submitted or row.answer == "" or case.editable(row).any then
        fail("E_CONFLICT", "申请现在可以直接修改，请在“修改证书申请”中填写")
    elseif row.wish then
        fail("E_CONFLICT", kinds[row.wish.what].label .. "的请求已收到，请等待审核员核实，结果会发短信通知")
    end
end

-- Sends the SMS code to the handler: 0, or the milliseconds to wait.
function wish.send(user, row, what)
    return proof.send(user, row, what)
end

local function write(tx, user, key, spend, asked)
    local row = case.lock(tx, user, key)
    wish.must_take(row, asked.what)
    if not spend(tx) then
        return { field = "sms", code = "proof", message = "验证码已失效，请重新发送" }
    end
    asked.at, asked.by = tx:now(), user.account
    row.wish = asked
    case.put(tx, row)
    todo.add(tx, asked.what, { case = key, text = "受理号 " .. row.number .. " 请求" .. kinds[asked.what].label .. "，请核实后在办件页面处理" })
    tx:append("audit", key, { event = "wish." .. asked.what, by = user.account })
    return nil
end

-- wish.ask(user, row, what, { sms, value }) -> nil, or the error of a field. E_CONFLICT.
function wish.ask(user, row, what, given)
    wish.must_take(row, what)
    local value, shown, sentence = kinds[what].read(row, given.value or "")
    if not value then
        return { field = what, code = shown, message = sentence }
    end
    local spend, problem = proof.solve(user, row, what, given.sms)
    if not spend then
        return { field = "sms", code = "proof", message = problem }
    end
    return store.tx(function(tx)
        return write(tx, user, row.key, spend, { what = what, value = value, shown = shown })
    end)
end

local function close(tx, row, user, why)
    local asked = row.wish or fail("E_CONFLICT", "没有待处理的请求，可能已由他人处理，请刷新页面")
    row.wish = nil
    if not why then
        kinds[asked.what].grant(tx, row, asked.value)
    end
    case.put(tx, row)
    watch.act(tx, user, row.key, (why and "refused_" or "granted_") .. asked.what, { why = why })
    message.send(tx, row, why and "wish_refused" or "wish_granted", say.of(row, case.rules(row), { reason = why, say = { what = kinds[asked.what].label } }))
end

-- wish.decide(user, key, why): it is granted; with a reason it is not. E_CONFLICT, E_DENIED for own cases.
function wish.decide(user, key, why)
    local before = own.for_staff(user, key, { "reviewer" })
    local parties, tries = person.parties(before, case.rules(before)), quota.key("answer", key)
    refusal.tx(function(tx)
        local row = claim.lock(tx, key)
        claim.refuse_own(tx, user, row, parties)
        close(tx, row, user, why)
        quota.clear(tx, tries)
    end)
    case.told(key)
end

return wish
