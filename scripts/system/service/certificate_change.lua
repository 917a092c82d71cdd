-- SPDX-License-Identifier: Apache-2.0
-- certificate_change: freezing, unfreezing and revoking by the holder. The signer carries it out; when it is silent the order is
-- kept and carried out by a job, so that an emergency brake always works.
local case = use "system/service/case"
local certificate = use "system/service/certificate"
local download = use "system/service/download"
local live = use "system/service/live"
local message = use "system/service/message"
local names = use "system/service/names"
local say = use "system/service/say"
local signer = use "system/service/signer"
local verification = use "system/service/verification"

local change = {}

local STATES = { good = "valid", hold = "frozen", revoked = "revoked" }
local WORDS = { valid = "解冻", frozen = "冻结", revoked = "撤销" }
local SUPERSEDED = 4

local function case_of(tx, key)
    local row = tx:get("case", key)
    if row then
        row.key = key
    end
    return row
end

local function tell(tx, owner, row)
    local facts = say.of(owner, live.rules(), { say = { subject = row.subject, what = WORDS[row.state], time = time.text(tx:now()) } })
    message.send(tx, owner, "certificate_changed", facts)
end

local function follow_up(tx, key, row)
    local owner = case_of(tx, row.case)
    if row.state == "revoked" then
        tx:ticket_revoked { ticket = row.ticket, reason = tostring(row.reason) }
        names.free(tx, row.case)
        download.end_remake(tx, owner, key, live.rules())
    end
    tell(tx, owner, row)
end

-- change.apply(tx, key, { state as the signer names it, at, reason }): the hall's copy follows; older news change nothing.
function change.apply(tx, key, news)
    local at = news.at
    local row, to = tx:get("certificate", key), STATES[news.state]
    if not row or not to or at < row.changed or row.state == "revoked" then
        return
    end
    local moved = row.state ~= to and not (row.state == "expired" and to ~= "revoked")
    row.changed, row.wanted = at, ""
    row.state, row.reason = moved and to or row.state, news.reason or 0
    tx:put("certificate", key, row)
    if moved then
        tx:append("audit", row.case, { event = "certificate." .. to, serial = row.serial })
        follow_up(tx, key, row)
    end
end

-- change.carry_out{ certificate, act, reason, by, why } -> true, or false when the signer is silent. Doing it again is harmless.
function change.carry_out(args)
    local row = store.get("certificate", args.certificate)
    local order = store.tx(function(tx)
        return tx:revocation { ticket = row.ticket, act = args.act, reason = args.reason, why = args.why, by = args.by }
    end)
    local answered, done = signer.ask(issuer.revoke, { order = order })
    if not answered then
        return false
    end
    store.tx(function(tx)
        change.apply(tx, args.certificate, { state = done.state, at = done.at, reason = args.reason })
    end)
    case.told(row.case)
    return true
end

-- change.must_be_legal(row, act): E_CONFLICT when the certificate offers it no more
function change.must_be_legal(row, act)
    for _, one in ipairs(certificate.operations(row)) do
        if one.id == act then
            return
        end
    end
    fail("E_CONFLICT", "这张证书现在的状态不能办理这项操作，请刷新页面查看")
end

-- The order is written down and carried out when the signer is back.
local function leave(args)
    store.tx(function(tx)
        local row = tx:get("certificate", args.certificate)
        row.wanted = args.act
        tx:put("certificate", args.certificate, row)
        tx:enqueue("certificate.order", args)
    end)
end

-- change.order(user, key, act, { reason, spend }) -> { done } | { waiting }: reason is a number of RFC 5280, for revoke; spend(tx) what
-- service/verification gave for an act that needs it, used up here whatever becomes of the order. E_CONFLICT.
function change.order(user, key, act, opts)
    local row = certificate.get(user, key)
    change.must_be_legal(row, act)
    if verification.needed(act) and not store.tx(function(tx) return opts.spend(tx) end) then
        fail("E_CONFLICT", "短信验证码已用过，请重新发送")
    end
    local args = { certificate = key, act = act, reason = opts.reason or 0, by = user.account, why = "asked by the holder" }
    if change.carry_out(args) then
        return { done = true }
    end
    leave(args)
    return { waiting = true }
end

-- change.remake(user, case key) -> true | false: the signer is silent. 重新生成密钥: the first certificate is revoked, then the
-- download is open once more with a new code.
function change.remake(user, key)
    local stage = certificate.stage(user, key)
    if not certificate.may_remake(stage) then
        fail("E_CONFLICT", "现在不能重新生成密钥：签发后 " .. certificate.REMAKE_DAYS .. " 天内可免费重新生成一次，以后请办理补办")
    end
    store.tx(function(tx)
        download.begin_remake(tx, key, stage.key)
    end)
    return change.carry_out { certificate = stage.key, act = "revoke", reason = SUPERSEDED, by = user.account, why = "the key is made anew" }
end

return change
