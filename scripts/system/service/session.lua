-- SPDX-License-Identifier: Apache-2.0
-- session: who is logged in, on the server's side. The cookie holds 128 random bits and the row stands under their
-- digest, so that nobody who reads the disk can log in. Idle 30 minutes, 8 hours at most; a new one at each login, change
-- of password and change of roles. The row's until_ms is when it may be swept, not what decides.
local session = {}

local IDLE = 30 * 60 * 1000
local ABSOLUTE = 8 * 3600 * 1000
local KEPT = 24 * 3600 * 1000
local SEEN_EVERY = 60 * 1000
local COOKIE = "session"

-- What a program sends, Authorization: Bearer …, or the cookie.
local function token_of(req)
    local sent = req:header("authorization")
    local token = sent and string.match(sent, "^[Bb]earer ([%w_-]+)$") or not sent and req:cookie(COOKIE)
    return token and text.matches(token, "[A-Za-z0-9_-]{22}") and token or nil
end

-- "admin,officer": a session is for the roles that it began with.
local function roles_text(roles)
    local names = {}
    for name, held in pairs(roles) do
        names[#names + 1] = held and name or nil
    end
    table.sort(names)
    return table.concat(names, ",")
end

local function is_live(row, now)
    return not row.ended and now < row.seen + IDLE and now < row.created + ABSOLUTE
end

-- Written by a task of its own: nobody waits for it, and a lost race means that another request wrote it.
local function note_seen(id, now)
    task.spawn(function()
        store.tx(function(tx)
            local row = tx:get("session", id)
            if row and row.seen + SEEN_EVERY <= now then
                row.seen = now
                tx:put("session", id, row)
            end
        end)
    end)
end

-- What the browser's cookie once stood for, live or not: id, row.
local function find(req)
    local token = token_of(req)
    local id = token and crypto.sha256(token)
    return id, id and store.get("session", id)
end

-- session.of(req) -> { id, account = row with key, roles, … }, or nil
function session.of(req)
    local id, row = find(req)
    local now = time.now()
    if not row or not is_live(row, now) then
        return nil
    end
    local account, roles = store.get("account", row.account), domain.roles(row.account)
    if not account or account.state ~= "active" or roles_text(roles) ~= row.roles then
        return nil
    end
    if row.seen + SEEN_EVERY <= now then
        note_seen(id, now)
    end
    account.key = row.account
    return { id = id, account = account, roles = roles, row = row }
end

-- The account whose session this browser held last, even when the session has ended; for what was posted too late.
function session.last_account(req)
    local _, row = find(req)
    return row and row.account
end

-- Whether a session lives still; for event streams.
function session.is_live(id)
    local row = store.get("session", id)
    return row ~= nil and is_live(row, time.now())
end

-- Tells the event streams of sessions that they are over.
local function hang_up(ids)
    for _, id in ipairs(ids) do
        topics.end_session(id)
    end
end

-- Inside a transaction: ends one session. It stays known, so that what its browser still posts can be kept for its owner.
local function close(tx, id, row)
    row.ended = tx:now()
    tx:put("session", id, row)
end

-- The live sessions of an account, { id = row }.
local function live_of(source, account, now)
    local found = source("session", { index = "account", equal = { account }, limit = 200 })
    local live = {}
    for _, r in ipairs(found.rows) do
        if is_live(r.row, now) then
            live[#live + 1] = { id = r.key, row = r.row }
        end
    end
    return live
end

-- Inside a transaction: ends the sessions of an account, except one. Gives the ids for session.hang_up after the commit.
function session.close_all(tx, account, except)
    local ids = {}
    local function list(...)
        return tx:list(...)
    end
    for _, s in ipairs(live_of(list, account, tx:now())) do
        if s.id ~= except then
            close(tx, s.id, s.row)
            ids[#ids + 1] = s.id
        end
    end
    return ids
end

session.hang_up = hang_up

-- What a person can tell a device by.
local function device(req)
    local agent = req:header("user-agent") or ""
    local system = string.match(agent, "Windows") or string.match(agent, "Android") or string.match(agent, "iPhone")
        or string.match(agent, "Mac OS") or string.match(agent, "Linux") or "其他设备"
    local browser = string.match(agent, "Edg") and "Edge" or string.match(agent, "MicroMessenger") and "微信"
        or string.match(agent, "Firefox") or string.match(agent, "Chrome") or string.match(agent, "Safari") or "程序"
    return browser .. "，" .. system
end

-- Begins a session in place of the browser's old one; body(tx) may do more in the same commit. Gives the token.
function session.start(req, account, body)
    local token, old = crypto.id(), find(req)
    local id = crypto.sha256(token)
    local agent, peer = device(req), req:peer()
    store.tx(function(tx)
        local before = old and tx:get("session", old)
        if before and not before.ended then
            close(tx, old, before)
        end
        if body then
            body(tx)
        end
        local now = tx:now()
        tx:insert("session", id, { account = account, created = now, seen = now, until_ms = now + KEPT, device = agent,
            peer = peer, roles = roles_text(tx:roles(account)) })
        tx:append("audit", account, { event = "session.begun", peer = peer })
    end)
    hang_up { old }
    req:set_cookie { name = COOKIE, value = token }
    return token
end

-- Ends one session of the account; says whether there was one.
function session.stop(account, id)
    local done = store.tx(function(tx)
        local row = tx:get("session", id)
        if not row or row.account ~= account or row.ended then
            return false
        end
        close(tx, id, row)
        tx:append("audit", account, { event = "session.ended" })
        return true
    end)
    hang_up { id }
    return done
end

-- Ends all sessions of the account but this one.
function session.stop_others(account, but)
    hang_up(store.tx(function(tx)
        return session.close_all(tx, account, but)
    end))
end

-- Takes the cookie back.
function session.forget(req)
    req:set_cookie { name = COOKIE, value = "", max_age = -1 }
end

-- The account's live sessions, newest first.
function session.list(account)
    local list = live_of(store.list, account, time.now())
    table.sort(list, function(a, b)
        return a.row.created > b.row.created
    end)
    return list
end

return session
