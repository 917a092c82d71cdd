-- SPDX-License-Identifier: Apache-2.0
-- handover: an officer gives an application, and the certificates made of it, to another account, on a paper of the firm: its
-- handler has left or changed. Rights end and begin as rows; person, unit, case and certificate stay what they are.
local account = use "system/service/account"
local case = use "system/service/case"
local claim = use "system/service/claim"
local link = use "system/service/link"
local message = use "system/service/message"
local own = use "system/service/own"
local person = use "system/service/person"
local refusal = use "system/service/refusal"
local watch = use "system/service/watch"

local handover = {}

handover.ROLES = { "officer" }

-- The live rights on a thing.
local function rights(r, object)
    local out, now = {}, r.now and r:now() or time.now()
    for _, one in ipairs(r:list("grant", { index = "object", equal = { object }, limit = 50 }).rows) do
        local g = one.row
        out[#out + 1] = not g.ended and (g["until"] == 0 or g["until"] > now) and g or nil
    end
    return out
end

-- handover.holders(r, key) -> rows of the accounts that may act on the case, with their keys
function handover.holders(r, key)
    local out, seen = {}, {}
    for _, g in ipairs(rights(r, key)) do
        local row = not seen[g.account] and r:get("account", g.account)
        if row then
            row.key, seen[g.account] = g.account, true
            out[#out + 1] = row
        end
    end
    return out
end

local function move(tx, user, object, to, why)
    for _, g in ipairs(rights(tx, object)) do
        if g.account ~= to then
            tx:grant_end { account = g.account, object = object, role = g.role, why = why, by = user.account, as = "officer" }
            if not tx:may(to, object, g.role) then
                tx:grant { account = to, object = object, role = g.role, why = why, by = user.account, as = "officer" }
            end
        end
    end
end

local function tell(tx, row, who, id)
    local facts = { number = row.number, time = time.text(tx:now()) }
    if who.phone_verified_at and account.is_mobile(who.phone) then
        message.send(tx, nil, id, facts, { to = who.phone, channel = "sms" })
    end
    if who.email_verified_at then
        message.send(tx, nil, id, facts, { account = who, channel = "mail" })
    end
end

local function give(tx, user, key, to, why, parties)
    local row = claim.lock(tx, key)
    claim.refuse_own(tx, user, row, parties)
    local before = handover.holders(tx, key)
    if #before == 1 and before[1].key == to.key then
        fail("E_CONFLICT", "这项申请已由该账号办理")
    end
    move(tx, user, key, to.key, why)
    for _, one in ipairs(tx:list("certificate", { index = "case", equal = { key }, limit = 20 }).rows) do
        move(tx, user, one.key, to.key, why)
    end
    link.end_all(tx, key, "handover")
    row.account = to.key
    case.put(tx, row)
    watch.act(tx, user, key, "handover", { to = to.key, why = why })
    for _, one in ipairs(before) do
        if one.key ~= to.key then
            tell(tx, row, one, "handed_over")
        end
    end
    tell(tx, row, to, "handed_to")
end

local function check(given)
    local to = account.find(account.login_name(given.login))
    local why, errors = text.trim(text.normalize(given.reason)), {}
    if text.trim(given.login) == "" then
        errors[1] = { field = "login", code = "missing", message = "请填写接办人的用户名" }
    elseif not to or to.state ~= "active" then
        errors[1] = { field = "login", code = "unknown", message = "没有这个用户名，请让接办人先注册并确认" }
    elseif store.get("staff", to.key) then
        errors[1] = { field = "login", code = "staff", message = "不能移交给工作人员的账号" }
    end
    errors[#errors + 1] = why == "" and { field = "reason", code = "missing", message = "请写明移交的原因和依据" } or nil
    return to, why, errors
end

-- handover.give(user, key, { login, reason }) -> nil, or errors; E_CONFLICT, E_DENIED for an officer whom the case names
function handover.give(user, key, given)
    local before = own.for_staff(user, key, handover.ROLES)
    local to, why, errors = check(given)
    if #errors > 0 then
        return errors
    end
    local parties = person.parties(before, case.rules(before))
    refusal.tx(function(tx)
        give(tx, user, key, to, why, parties)
    end)
    case.told(key)
    return nil
end

return handover
