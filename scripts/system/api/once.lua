-- SPDX-License-Identifier: Apache-2.0
-- once: Idempotency-Key: a request that is sent again gets the answer of the first and does nothing.
--
-- Kept for 24 hours: the answer of a request that did something (2xx). One that failed changed nothing and may be sent again.
-- While the first runs, and for as long as it could still run after its process was killed, the key is busy.
local once = {}

local KEPT_MS = 24 * 3600 * 1000
local RUNS_MS = 65 * 1000 -- a little over the deadline of a task
local KEY = "[\\x21-\\x7e]{1,255}"

local function refuse(given)
    if not text.matches(given, KEY) then
        fail("E_INVALID", "Idempotency-Key 应为 1 至 255 个可见字符", {
            errors = { { field = "Idempotency-Key", code = "format", message = "应为 1 至 255 个可见字符" } } })
    end
end

local function row_key(req, account, given)
    return crypto.sha256(table.concat({ account, req:method(), req:path(), given }, "|"))
end

local function verdict(row, hash, now)
    if row.hash ~= hash then
        return "other"
    elseif row.status then
        return "answered"
    end
    return now - row.began < RUNS_MS and "busy" or "gone"
end

local function begin(key, hash)
    return store.tx(function(tx)
        local row, now = tx:get("idempotency", key), tx:now()
        local what = row and row.until_ms > now and verdict(row, hash, now) or "gone"
        if what == "gone" then
            tx:put("idempotency", key, { hash = hash, began = now, until_ms = now + KEPT_MS })
        end
        return what, row
    end)
end

local refused = {
    other = { code = "E_INVALID", message = "这个 Idempotency-Key 已用于另一个请求", reason = "key_reused" },
    busy = { code = "E_CONFLICT", message = "同一个请求正在处理，请稍后再试", reason = "in_flight" },
}

-- once.begin(req, account) -> ticket for once.keep or once.drop, or nil and the kept { status, body, headers }; neither when
-- the request carries no key. Raises when the key was used for another body (422), or the first request still runs (409).
function once.begin(req, account)
    local given = req:header("Idempotency-Key")
    if not given then
        return nil
    end
    refuse(given)
    local key = row_key(req, account, given)
    local what, row = begin(key, crypto.sha256(req:body()))
    local no = refused[what]
    if no then
        fail(no.code, no.message, { errors = { { field = "Idempotency-Key", code = no.reason, message = no.message } } })
    elseif what == "answered" then
        return nil, row
    end
    return key
end

-- Keeps the answer { status, body, headers } for who asks again.
function once.keep(ticket, answer)
    store.tx(function(tx)
        local row = tx:get("idempotency", ticket)
        if row then
            row.status, row.body, row.headers = answer.status, answer.body, answer.headers
            tx:put("idempotency", ticket, row)
        end
    end)
end

function once.drop(ticket)
    store.tx(function(tx)
        tx:delete("idempotency", ticket)
    end)
end

return once
