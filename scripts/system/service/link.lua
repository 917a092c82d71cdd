-- SPDX-License-Identifier: Apache-2.0
-- link: a one-use way to one step of one case, for a phone: shown as a QR code (10 minutes) or sent by SMS. It logs nobody in.
-- The row stands under the SHA-256 of the token; the token itself is made again from the row's seed where the QR code is
-- shown once more. The first device that goes on takes the link with a cookie; others are turned away.
-- Row: { case, purpose (identity | upload), way (qr | sms), account (on whose behalf), seed, made, until_ms, device, claimed_at,
--        consent, fails, ended (why) }
local case = use "system/service/case"
local digest = use "system/service/digest"
local effect = use "system/service/effect"
local live = use "system/service/live"

local link = {}

local QR_MS = 10 * 60 * 1000
local CLAIMED_MS = 30 * 60 * 1000
local HOUR_MS = 3600 * 1000
local COOKIE = "hand"
-- Far fewer links of one case than a list gives, so that ending them all reaches each.
local BURST, EVERY_MS = 20, 60 * 1000

-- 128 bits that only this hall can make from a seed.
local function token_of(seed)
    return crypto.base64url(string.sub(crypto.unhex(digest("link", seed)), 1, 16))
end

local function key_of(token)
    return crypto.sha256("hand " .. token)
end

function link.url(token)
    return config.public_url .. "/h/" .. token
end

local function is_open(row, now)
    return not row.ended and row.until_ms > now
end
link.is_open = is_open

local function rows_of(source, key)
    return source:list("link", { index = "case", equal = { key }, limit = 200 }).rows
end

local outside = { list = function(_, ...) return store.list(...) end }

-- link.current(case key, purpose, account, way) -> the open link of a page, with its token, or nil
function link.current(key, purpose, account, way)
    local now, found = time.now(), nil
    for _, one in ipairs(rows_of(outside, key)) do
        local r = one.row
        if r.purpose == purpose and r.account == account and r.way == (way or "qr") and is_open(r, now) then
            found = r
            found.key = one.key
        end
    end
    if found then
        found.token = token_of(found.seed)
        found.url = link.url(found.token)
    end
    return found
end

-- Inside a transaction: ends the open links of a case; only those that fit(row) when given.
function link.end_all(tx, key, why, fit)
    for _, one in ipairs(rows_of(tx, key)) do
        if not one.row.ended and (not fit or fit(one.row)) then
            one.row.ended = why
            tx:put("link", one.key, one.row)
        end
    end
end

effect.on("close_links", function(tx, row)
    link.end_all(tx, row.key, "closed")
end)

-- What a new link is, before its transaction: may wait.
function link.prepare(key, purpose, opts)
    local seed = crypto.id()
    local token = token_of(seed)
    local ms = opts.way == "sms" and live.rules():site().days.phone_link_hours * HOUR_MS or QR_MS
    return { token = token, url = link.url(token), key = key_of(token), ms = ms,
        row = { case = key, purpose = purpose, way = opts.way, account = opts.account, seed = seed, fails = 0 } }
end

-- Inside a transaction: writes it in the place of the one before.
function link.insert(tx, made)
    local row = made.row
    link.end_all(tx, row.case, "replaced", function(old)
        return old.purpose == row.purpose and old.way == row.way and old.account == row.account
    end)
    row.made, row.until_ms = tx:now(), tx:now() + made.ms
    tx:insert("link", made.key, row)
end

-- link.make(case key, purpose, { account, way = qr | sms }) -> { token, url, … }
function link.make(key, purpose, opts)
    if limit.take("link", key, BURST, EVERY_MS) > 0 then
        fail("E_BUSY", "生成二维码太频繁，请一分钟后再试")
    end
    local made = link.prepare(key, purpose, opts)
    store.tx(function(tx)
        link.insert(tx, made)
    end)
    return made
end

-- link.cancel(user, case key, purpose): the PC takes its link back
function link.cancel(user, key, purpose)
    store.tx(function(tx)
        link.end_all(tx, key, "cancelled", function(row)
            return row.purpose == purpose and row.account == user.account
        end)
    end)
    case.told(key)
end

-- The device that asks: what its cookie is, digested, or nil.
local function device_of(req)
    local id = req:cookie(COOKIE)
    return id and text.matches(id, "[A-Za-z0-9_-]{22}") and crypto.sha256(id) or nil
end

-- link.find(req, token) -> row with its key and `mine`, or nil and why: unknown, ended, expired, taken
function link.find(req, token)
    local id = text.matches(token, "[A-Za-z0-9_-]{22}") and key_of(token)
    local row = id and store.get("link", id)
    if not row then
        return nil, "unknown"
    end
    row.key, row.token, row.mine = id, token, row.device ~= nil and row.device == device_of(req)
    if row.device and not row.mine then
        return nil, "taken"
    elseif row.ended then
        return nil, row.ended == "used" and row.mine and "used" or "ended", row
    elseif row.until_ms <= time.now() then
        return nil, "expired"
    end
    return row
end

local function take(tx, id, device, more)
    local row = tx:get("link", id)
    if not row or not is_open(row, tx:now()) or row.device and row.device ~= device then
        return false
    end
    row.device, row.claimed_at = device, row.claimed_at or tx:now()
    row.until_ms = math.max(row.until_ms, tx:now() + CLAIMED_MS)
    for name, value in pairs(more or {}) do
        row[name] = value
    end
    tx:put("link", id, row)
    if more and more.consent then
        tx:append("audit", row.case, { event = "identity.consent", text = more.consent.text })
    end
    return true
end

-- link.claim(req, row, more) -> the digest of this device when it has the link now, else false; more: what is written with it
function link.claim(req, row, more)
    local id, device = nil, device_of(req)
    if not device then
        id = crypto.id()
        device = crypto.sha256(id)
    end
    local done = store.tx(function(tx)
        return take(tx, row.key, device, more)
    end)
    if done and id then
        req:set_cookie { name = COOKIE, value = id, max_age = 72 * 3600 }
    end
    case.told(row.case)
    return done and device
end

-- link.locked(tx, row) -> the row read again; E_CONFLICT when it is not open to its device any more
function link.locked(tx, row)
    local now = tx:get("link", row.key)
    if not now or not is_open(now, tx:now()) or now.device ~= row.device then
        fail("E_CONFLICT", "这个链接已失效，请在电脑上重新生成二维码")
    end
    return now
end

return link
