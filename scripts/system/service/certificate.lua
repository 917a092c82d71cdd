-- SPDX-License-Identifier: Apache-2.0
-- certificate: having it made (证书下载), and reading the certificates that one holds. What is done with a living one is
-- certificate_change's; the code is download's.
local case = use "system/service/case"
local csr_reason = use "system/service/csr_reason"
local download = use "system/service/download"
local issuing = use "system/service/issuing"
local reader = use "system/service/reader"
local signer = use "system/service/signer"

local certificate = {}

local DAY_MS = 24 * 3600 * 1000
local TRIES, PAUSE_MS = 5, 100
local KINDS = { p256 = "P-256", rsa2048 = "RSA" }

-- 重新生成密钥 is open so long after issue.
certificate.REMAKE_DAYS = 7

-- certificate.stage(user, key) -> { row, right, key, certificate, open }: where a case stands: open: the certificate can be
-- downloaded now (a code is asked); certificate: the living one. E_NOT_FOUND.
function certificate.stage(user, key)
    local row = case.get(user, key)
    local right = download.of(key)
    local at, living = issuing.living(reader.of(nil), key)
    local ready = right ~= nil and (case.knows(row, "downloaded", "system") or right.reopened)
    return { row = row, right = right, key = at, certificate = living, open = ready and not living }
end

-- Digests of the keys of the case's certificates that are not good any more: a browser that kept one makes another.
function certificate.given_up(key)
    local out = {}
    for _, one in ipairs(store.list("certificate", { index = "case", equal = { key }, limit = 20 }).rows) do
        out[#out + 1] = one.row.state == "revoked" and one.row.spki or nil
    end
    return table.concat(out, " ")
end

-- Whether the first certificate may be given up for another key.
function certificate.may_remake(stage)
    local c, right = stage.certificate, stage.right
    return c ~= nil and right ~= nil and c.medium == "soft" and c.state == "valid" and not right.remade
        and time.now() < c.issued + certificate.REMAKE_DAYS * DAY_MS
end

-- certificate.read_key(row, csr) -> { spki_sha256 … }, or nil and the error of the field: a request for the case's kind of key
function certificate.read_key(row, csr)
    local template = case.rules(row):template(row.kind, row.medium)
    local wanted = template and KINDS[template.algorithm]
    local ok, key = pcall(issuer.read_request, csr)
    if not ok then
        local sentence = csr_reason(key) or error(key, 0)
        return nil, { field = "csr", code = key.details.reason, message = sentence }
    end
    if wanted and key.kind ~= wanted then
        return nil, { field = "csr", code = "csr.kind", message = "这种证书须使用 " .. wanted .. " 密钥，请重新生成" }
    end
    return key
end

-- In one transaction: captcha or SMS code spent, code judged, ticket minted. Gives ticket, or nil and errors; or the key of the
-- certificate that stands for this request already.
local function approve(tx, user, key, given)
    local row = case.lock(tx, user, key)
    local at, living = issuing.living(tx, key)
    if living then
        return living.spki == given.spki and { done = at } or fail("E_CONFLICT",
            "这项申请的证书已用另一把密钥签发。请回到申请时使用的电脑和浏览器，或者重新生成密钥")
    end
    if issuing.was_used(tx, key, given.spki) then
        return { errors = { { field = "csr", code = "used", message = "这把密钥属于已撤销的证书，请生成新的密钥" } } }
    end
    local right = tx:get("download", key)
    if not right or not (case.knows(row, "downloaded", "system") or right.reopened) then
        fail("E_CONFLICT", "这项申请现在不能下载证书")
    end
    if right.approved ~= given.spki then
        if not (given.spend and given.spend(tx)) then
            return { errors = { { field = given.proof_field, code = "proof", message = "验证已失效，请重新输入" } } }
        end
        local wrong = download.judge(tx, row, given.code, given.spki, case.rules(row))
        if wrong then
            return { errors = { wrong } }
        end
    end
    return { ticket = issuing.ticket(tx, row, given.spki) }
end

-- certificate.approved(case key, spki): whether a right code was given for this key before, also by a request beside this one: then
-- none is asked again.
function certificate.approved(key, spki)
    local right = download.of(key)
    local _, living = issuing.living(reader.of(nil), key)
    return right ~= nil and right.approved == spki or living ~= nil and living.spki == spki
end

-- certificate.proved(case key, spki, solve) -> spend(tx) of the captcha or code that solve() judges, nil when none is needed; or nil and
-- its sentence. Of requests side by side one spends it; the others find the key approved.
function certificate.proved(key, spki, solve)
    if certificate.approved(key, spki) then
        return nil
    end
    local spend, sentence = solve()
    if not spend and certificate.approved(key, spki) then
        return nil
    end
    return spend, sentence
end

-- The certificate that stands for this key by now, when another request was faster.
local function standing_for(key, spki)
    local at, living = issuing.living(reader.of(nil), key)
    return living and living.spki == spki and at or nil
end

-- issuer.issue's answer; or nil and the key of the certificate that somebody else got; or nothing when the signer is silent. While
-- several ask at once the signer may say that it is busy with this ticket.
local function ask(key, given, ticket)
    for try = 1, TRIES do
        local answered, made = signer.ask(issuer.issue, { ticket = ticket, csr = given.csr })
        if answered then
            return made
        end
        local done = standing_for(key, given.spki)
        if done or made ~= "E_BUSY" or try == TRIES then
            return nil, done
        end
        task.sleep(PAUSE_MS * try)
    end
    return nil
end

local function make(user, key, given)
    local plan = store.tx(function(tx)
        return approve(tx, user, key, given)
    end)
    if not plan.ticket then
        return plan.errors and plan or { key = plan.done }
    end
    local made, done = ask(key, given, plan.ticket)
    if not made then
        return done and { key = done } or { wait = true }
    end
    done = store.tx(function(tx)
        return issuing.settle(tx, made)
    end)
    case.told(key)
    return { key = done, fresh = true }
end

-- certificate.download(user, key, { code, csr, spend, proof_field }) -> { key of the certificate, fresh } | { errors } | { wait = true: the
-- signer is silent, the code is not spent }. spend(tx): whether captcha or SMS code were right, asked once in the transaction.
-- The same key again gives the same certificate; E_CONFLICT for another once one lives.
function certificate.download(user, key, given)
    local read, problem = certificate.read_key(case.get(user, key), given.csr)
    if not read then
        return { errors = { problem } }
    end
    given.spki = read.spki_sha256
    return make(user, key, given)
end

-- Reading ------------------------------------------------------------------------------------------------------------

local function absent()
    return fail("E_NOT_FOUND", "没有找到这张证书，请在“我的证书”中查看")
end

-- certificate.get(user, key) -> the row with its key. E_NOT_FOUND, also for those of others.
function certificate.get(user, key)
    local row = store.is_key(key) and domain.may(user.account, key) and store.get("certificate", key) or absent()
    row.key = key
    return row
end

-- valid, frozen, or invalid (revoked, or its time is over)
function certificate.standing(row)
    if row.state == "revoked" or row.state == "expired" or row.not_after <= time.now() then
        return "invalid"
    end
    return row.state
end

certificate.LABELS = { valid = "有效", frozen = "冻结", invalid = "失效" }

local function days_of(b)
    return b:site().days.soon
end

-- Whether it ends within the days of 即将到期.
function certificate.is_soon(row, b)
    return certificate.standing(row) == "valid" and row.not_after < time.now() + days_of(b) * DAY_MS
end

local function certificate_of(grant, now)
    local g = grant.row
    local row = g.role == "holder" and not g.ended and (g["until"] == 0 or g["until"] > now) and store.get("certificate", g.object)
    if row then
        row.key = g.object
    end
    return row or nil
end

-- All that a user holds of one page of grants, newest first.
local function held(user, after, limit)
    local found = store.list("grant", { index = "holder", equal = { user.account }, descending = true, limit = limit, after = after })
    local rows, now = json.array {}, time.now()
    for _, grant in ipairs(found.rows) do
        rows[#rows + 1] = certificate_of(grant, now)
    end
    return rows, found
end

-- certificate.mine(user, tab, after, limit) -> { rows, more, after }: newest first; tab: valid, frozen, invalid, soon, or nil for all
function certificate.mine(user, tab, after, limit)
    local b = case.rules { bundle = "" }
    local rows, found = held(user, after, limit or 200)
    local out = json.array {}
    for _, row in ipairs(rows) do
        local fits = not tab or certificate.standing(row) == tab or tab == "soon" and certificate.is_soon(row, b)
        out[#out + 1] = fits and row or nil
    end
    return { rows = out, more = found.more, after = found.after }
end

-- certificate.counts(user) -> { valid, frozen, invalid, soon, mine }
function certificate.counts(user)
    local b = case.rules { bundle = "" }
    local counts = { valid = 0, frozen = 0, invalid = 0, soon = 0, mine = 0 }
    for _, row in ipairs((held(user, nil, 200))) do
        local standing = certificate.standing(row)
        counts[standing] = counts[standing] + 1
        counts.mine = counts.mine + 1
        counts.soon = counts.soon + (certificate.is_soon(row, b) and 1 or 0)
    end
    return counts
end

local ACTS = {
    freeze = { id = "freeze", label = "冻结" },
    unfreeze = { id = "unfreeze", label = "解冻" },
    revoke = { id = "revoke", label = "撤销" },
}
local LEGAL = { valid = { "freeze", "revoke" }, frozen = { "unfreeze", "revoke" }, invalid = {} }

-- certificate.operations(row) -> list of { id, label, href }: only what is legal now; nothing while an order waits for the signer
function certificate.operations(row)
    local out = json.array {}
    for _, id in ipairs(row.wanted == "" and LEGAL[certificate.standing(row)] or {}) do
        out[#out + 1] = { id = id, label = ACTS[id].label, href = "/certificate/" .. row.key .. "/" .. id }
    end
    return out
end

return certificate
