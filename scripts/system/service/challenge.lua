-- SPDX-License-Identifier: Apache-2.0
-- challenge: a captcha, or a code by SMS or mail as its equal alternative. Each is good once, for one purpose, for whoever it
-- was made for (`bind`: the browser's visit id, or the id that a program was given); only a keyed digest of the answer is
-- stored. The right answer gives a proof, which the act that needed it spends in its own transaction:
--
--   challenge.draw(bind, purpose) -> PNG                        a new captcha in place of the one before
--   challenge.send(bind, purpose, name, target) -> 0 | ms       a new code; name: what the user typed; target: { channel, to }
--                                                               or nil when nobody is known by that name (same answer)
--   challenge.solve(bind, purpose, name or nil, typed) -> proof | nil, sentence
--   challenge.spend(tx, proof) -> whether it was there: false for the second of two who use it
local digest = use "system/service/digest"
local message = use "system/service/message"
local quota = use "system/service/quota"

local challenge = {}

local MINUTE = 60 * 1000
local CAPTCHA_MS, CODE_MS, SOLVED_MS = 2 * MINUTE, 10 * MINUTE, 10 * MINUTE
local TRIES = 5
local STEP_MS = 50
local CODE_RULES = { { 1, MINUTE }, { 5, 60 * MINUTE }, { 10, 24 * 60 * MINUTE } }

challenge.code_minutes = CODE_MS // MINUTE

local function key_of(bind, purpose, name)
    return digest(name and "code" or "captcha", bind .. "\n" .. purpose .. "\n" .. (name or ""))
end

local function digest_of(key, answer)
    return digest("answer", key .. "\n" .. answer)
end

-- In try-it mode the answer can be read in the inbox; there is no other way round. It is sent to the picture: to the first
-- sixteen digits of its SHA-256, by which a program finds the answer to its own.
local function tell_inbox(tx, answer, picture)
    tx:insert("message", tx:key(), { channel = "captcha", id = "captcha", to = string.sub(crypto.sha256(picture), 1, 16), case = "", account = "", subject = "",
        text = answer, params = { text = answer }, merge = false, at = tx:now(), state = "sent" })
end

function challenge.draw(bind, purpose)
    local answer = captcha.text()
    local key = key_of(bind, purpose)
    local hidden, picture = digest_of(key, answer), captcha.png(answer)
    store.tx(function(tx)
        tx:put("challenge", key, { answer = hidden, tries = 0, until_ms = tx:now() + CAPTCHA_MS })
        if config.try_mode == true then
            tell_inbox(tx, answer, picture)
        end
    end)
    return picture
end

-- With nobody to send it to, the same work: the text is made and a job is left that finds nothing.
local function deliver(tx, target, name, answer)
    local by_mail = target and target.channel == "mail" or not target and string.find(name, "@", 1, true) ~= nil
    message.send(tx, nil, by_mail and "mail_code" or "code", { code = answer, minutes = challenge.code_minutes },
        { to = target and target.to, channel = by_mail and "mail" or "sms" })
    if not target then
        tx:enqueue("message.send", { key = tx:key() })
    end
end

-- A number is asked for codes at most so often, whatever names lead to it; who typed the name is not told of that.
local function may_go(tx, target, name, number)
    return target and (target.to == name or quota.take(tx, number, CODE_RULES) == 0)
end

-- The answer leaves at a step of its own clock: that somebody known costs a row more does not show in the time it takes.
local function even_out(begun)
    task.sleep(STEP_MS - (time.now() - begun) % STEP_MS)
end

function challenge.send(bind, purpose, name, target)
    local begun, answer = time.now(), crypto.digits(6)
    local key = key_of(bind, purpose, name)
    local hidden, asked = digest_of(key, answer), quota.key("code", name)
    local number = quota.key("code", target and target.to or name)
    local left = store.tx(function(tx)
        local wait = quota.take(tx, asked, CODE_RULES)
        if wait > 0 then
            return wait
        end
        tx:put("challenge", key, { answer = hidden, tries = 0, until_ms = tx:now() + CODE_MS })
        deliver(tx, may_go(tx, target, name, number) and target or nil, name, answer)
        return 0
    end)
    even_out(begun)
    return left
end

local function judge(tx, key, hidden)
    local row = tx:get("challenge", key)
    if not row or row.until_ms <= tx:now() then
        return nil, "gone"
    elseif row.solved then
        return key
    end
    row.tries = row.tries + 1
    row.solved = crypto.equal(row.answer, hidden) or nil
    if row.solved then
        row.until_ms = tx:now() + SOLVED_MS
    elseif row.tries >= TRIES then
        tx:delete("challenge", key)
        return nil, "wrong"
    end
    tx:put("challenge", key, row)
    return row.solved and key, "wrong"
end

local sentences = {
    captcha = { gone = "图片验证码已失效，请输入新图片的字符", wrong = "图片验证码不正确，请输入新图片的字符" },
    code = { gone = "验证码已失效，请重新发送", wrong = "验证码不正确，请检查后重新输入；连续 5 次不正确须重新发送" },
}

-- Whether it was answered rightly already and waits to be spent: then it need not be asked again.
function challenge.is_solved(bind, purpose, name)
    local row = store.get("challenge", key_of(bind, purpose, name))
    return row ~= nil and row.solved == true and row.until_ms > time.now()
end

local function empty_sentence(bind, purpose, name)
    if challenge.is_solved(bind, purpose, name) then
        return nil
    end
    return name and "请输入收到的验证码" or "请输入下面图片的字符"
end

function challenge.solve(bind, purpose, name, typed)
    local empty = (typed or "") == "" and empty_sentence(bind, purpose, name)
    if empty then
        return nil, empty
    end
    local key = key_of(bind, purpose, name)
    local hidden = digest_of(key, string.lower(text.normalize(typed or "")))
    local proof, why = store.tx(function(tx)
        return judge(tx, key, hidden)
    end)
    if proof then
        return proof
    end
    return nil, sentences[name and "code" or "captcha"][why]
end

function challenge.spend(tx, proof)
    local row = tx:get("challenge", proof)
    local good = row ~= nil and row.solved == true and row.until_ms > tx:now()
    return good and tx:delete("challenge", proof)
end

return challenge
