-- SPDX-License-Identifier: Apache-2.0
-- download: the right to download the certificate of a case and the authorisation code (C18). The code leaves by mail to the
-- certificate's address and nowhere else; what stands here is its keyed digest. Seven days; 重新发送 at most three times a day;
-- ten wrong ones lock, and then only 重新发送 with an SMS code to the handler unlocks.
-- Row, by the case's key: { opened, until_ms, digest, code_until, fails, locked, resent = { ms … }, approved (digest of the key
-- that a right code was given for), ticket = { text, spki, until_ms } (that requests side by side share), spki (of the certificate's
-- key), remaking (certificate that is given up), remade, reopened }
local case = use "system/service/case"
local effect = use "system/service/effect"
local message = use "system/service/message"
local say = use "system/service/say"

local download = {}

local DAY_MS = 24 * 3600 * 1000
local LETTERS = "23456789ABCDEFGHJKLMNPQRSTUVWXYZabcdefghijkmnpqrstuvwxyz"
local LENGTH, TRIES, RESENDS = 20, 10, 3
local TICKET_MS = 4 * 60 * 1000 -- a minute less than the signer takes it

download.length = LENGTH

-- 20 letters and digits without those that look alike, more than 110 bits. A body of a transaction may run again and must do
-- the same again: so the code follows from a key that is new and the case's secret.
local function make(tx, row)
    local bytes = crypto.unhex(crypto.hmac(row.data_key, "download code\n" .. tx:key()))
    local out = {}
    for i = 1, LENGTH do
        local at = string.byte(bytes, i) % #LETTERS + 1
        out[i] = string.sub(LETTERS, at, at)
    end
    return table.concat(out)
end

local function digest_of(row, code)
    return crypto.hmac(row.data_key, "download digest\n" .. code)
end

-- As it was typed or pasted: groups and spaces do not matter.
local function cleaned(typed)
    return (string.gsub(text.normalize(typed or ""), "[%s%-]", ""))
end

-- The row, or nil before the case is active.
function download.of(key)
    return store.get("download", key)
end

-- Inside a transaction: a new code in place of the one before, and the mail that carries it.
function download.send(tx, row, b)
    local right = tx:get("download", row.key)
    local code, days = make(tx, row), b:site().days.code
    right.digest, right.code_until = digest_of(row, code), tx:now() + days * DAY_MS
    right.fails, right.locked = 0, false
    tx:put("download", row.key, right)
    local facts = say.of(row, b, { say = { code = code, days = tostring(days) } })
    message.send(tx, row, "download", facts, { channel = "mail" })
    tx:append("audit", row.key, { event = "download.code" })
end

function download.void(tx, key)
    local right = tx:get("download", key)
    if right then
        right.digest, right.code_until, right.approved = "", 0, ""
        tx:put("download", key, right)
    end
end

local function recent(right, now)
    local out = json.array {}
    for _, at in ipairs(right.resent) do
        out[#out + 1] = at > now - DAY_MS and at or nil
    end
    return out
end

-- How often a code may still be sent today.
function download.left(right, now)
    return math.max(0, RESENDS - #recent(right, now))
end

-- 重新发送 counts; a locked right is opened by it only when the caller has checked an SMS code.
function download.count_resend(tx, key, unlocked)
    local right = tx:get("download", key) or fail("E_CONFLICT", "这项申请还没有进入证书下载")
    if right.locked and not unlocked then
        fail("E_CONFLICT", "授权码连续输错 " .. TRIES .. " 次已锁定，请先输入发送到经办人手机的短信验证码")
    elseif download.left(right, tx:now()) == 0 then
        fail("E_CONFLICT", "今天已重新发送 " .. RESENDS .. " 次，请查收邮箱（包括垃圾邮件），或明天再试")
    end
    right.resent = recent(right, tx:now())
    right.resent[#right.resent + 1] = tx:now()
    tx:put("download", key, right)
end

local function wrong(field, code, sentence)
    return { field = field, code = code, message = sentence }
end

local LOCKED = "授权码连续输错 " .. TRIES .. " 次已锁定。请点击“重新发送证书下载邮件”，输入短信验证码后使用新的授权码"

local function count_failure(tx, row, right, b)
    right.fails = right.fails + 1
    right.locked = right.fails >= TRIES
    tx:put("download", row.key, right)
    if right.locked then
        message.send(tx, row, "code_locked", say.of(row, b, {}))
        tx:append("audit", row.key, { event = "download.locked" })
        return wrong("code", "locked", LOCKED)
    end
    return wrong("code", "wrong", string.format("授权码不正确，请与邮件核对；连续输错 %d 次将锁定，还可尝试 %d 次", TRIES, TRIES - right.fails))
end

-- download.judge(tx, row, typed, spki, b) -> nil, or the error of the field: whether the code is right; a right one approves the
-- key, so that what was interrupted goes on without asking again.
function download.judge(tx, row, typed, spki, b)
    local right = tx:get("download", row.key) or fail("E_CONFLICT", "这项申请还没有进入证书下载")
    local given = digest_of(row, cleaned(typed))
    if right.locked then
        return wrong("code", "locked", LOCKED)
    elseif right.digest == "" or right.code_until <= tx:now() then
        return wrong("code", "expired", "授权码已失效，请点击“重新发送证书下载邮件”")
    elseif not crypto.equal(given, right.digest) then
        return count_failure(tx, row, right, b)
    end
    right.approved = spki
    tx:put("download", row.key, right)
    return nil
end

-- The ticket of a key, minted by make() unless one is fresh: two requests with one ticket are one for the signer.
function download.ticket(tx, key, spki, make)
    local right, now = tx:get("download", key), tx:now()
    local kept = right.ticket
    if kept and kept.spki == spki and kept.until_ms > now then
        return kept.text
    end
    right.ticket = { text = make(), spki = spki, until_ms = now + TICKET_MS }
    tx:put("download", key, right)
    return right.ticket.text
end

-- The code is spent: a certificate for this key stands.
function download.spend(tx, key, spki)
    local right = tx:get("download", key)
    if right then
        right.digest, right.code_until, right.approved, right.spki, right.reopened = "", 0, "", spki, false
        right.ticket = nil
        tx:put("download", key, right)
    end
end

-- 重新生成密钥, once: what was begun when the certificate was given up, ended when it is revoked.
function download.begin_remake(tx, key, certificate)
    local right = tx:get("download", key)
    right.remaking = certificate
    tx:put("download", key, right)
end

function download.end_remake(tx, row, certificate, b)
    local right = tx:get("download", row.key)
    if not right or right.remaking ~= certificate then
        return
    end
    right.remaking, right.remade, right.reopened, right.spki = "", true, true, ""
    tx:put("download", row.key, right)
    download.send(tx, row, b)
end

effect.on("issue", function(tx, row, ctx)
    if not tx:get("download", row.key) then
        tx:insert("download", row.key, { opened = tx:now(), until_ms = tx:now() + ctx.b:site().days.download * DAY_MS, digest = "",
            code_until = 0, fails = 0, locked = false, resent = json.array {}, approved = "", spki = "", remaking = "", remade = false,
            reopened = false })
    end
end)

-- A parcel for service/shipping.
effect.on("ship", function(tx, row)
    local to = row.delivery
    tx:insert("shipment", tx:key(), { case = row.key, state = "to_send", at = tx:now(), receiver = to.receiver_name or "",
        phone = to.receiver_phone or "", address = (to["receiver_region.text"] or "") .. (to.receiver_address or "") })
end)

effect.on("send_code", function(tx, row, ctx)
    if ctx.event == "recode" then
        download.count_resend(tx, row.key, ctx.extra.unlocked == true)
    end
    download.send(tx, row, ctx.b)
end)

effect.on("void_code", function(tx, row)
    download.void(tx, row.key)
end)

-- download.resend(user, key, spend) -> nothing; E_CONFLICT with a sentence. spend(tx): whether the SMS code was right, or nil.
function download.resend(user, key, spend)
    store.tx(function(tx)
        local row = case.lock(tx, user, key)
        local right = tx:get("download", row.key)
        local unlocked = spend ~= nil and spend(tx)
        if right and right.reopened then
            download.count_resend(tx, row.key, unlocked)
            download.send(tx, row, case.rules(row))
        else
            case.fire(tx, row, "recode", { account = user.account, as = "applicant" }, { unlocked = unlocked })
        end
    end)
    case.told(key)
end

return download
