-- SPDX-License-Identifier: Apache-2.0
-- claim: who has an application in hand. One reviewer at a time; a claim without activity lapses, so that nobody's holiday
-- stops a case. 挂起 puts a case aside with a reason, until somebody takes it up again.
local case = use "system/service/case"
local effect = use "system/service/effect"
local fact = use "system/service/fact"
local own = use "system/service/own"
local person = use "system/service/person"
local refusal = use "system/service/refusal"
local watch = use "system/service/watch"

local claim = {}

local LAPSE_MS = 30 * 60 * 1000
local TOUCH_MS = 60 * 1000

-- The live claim of a case { account, name, at }, or nil.
function claim.of(row, now)
    local c = row.claim
    return c and c ~= json.null and c.at + LAPSE_MS > now and c or nil
end

function claim.is_mine(row, user, now)
    local c = claim.of(row, now)
    return c ~= nil and c.account == user.account
end

function claim.is_held(row)
    return math.type(row.held) ~= nil
end

-- Between two reviewers nobody has it in hand, yet what the first approved must stay.
fact.on(function(r, row, facts)
    facts.claimed = claim.of(row, r:now()) ~= nil or row.approvals > 0
end)

-- claim.lock(tx, key) -> the row, for staff; E_NOT_FOUND
function claim.lock(tx, key)
    local row = store.is_key(key) and tx:get("case", key) or fail("E_NOT_FOUND", "没有找到这项申请")
    row.key = key
    return row
end

local function actor(user)
    return { account = user.account, as = "reviewer", name = user.name }
end
claim.actor = actor

-- Accounts that ever acted on the case belong to the same person as the user.
local function acted(r, account, who, key)
    for _, one in ipairs(r:list("grant", { index = "object", equal = { key }, limit = 200 }).rows) do
        local holder = one.row.account
        local staff = holder ~= account and who ~= "" and r:get("staff", holder)
        if holder == account or staff and staff.person == who then
            return true
        end
    end
    return false
end

-- claim.is_own(r, user, row, parties) -> whether the user's person is a party of the case; the domain judges the same again
function claim.is_own(r, user, row, parties)
    local staff = r:get("staff", user.account)
    local who = staff and staff.person or ""
    for _, party in ipairs(parties) do
        if party == who then
            return true
        end
    end
    return acted(r, user.account, who, row.key)
end

function claim.refuse_own(r, user, row, parties)
    if claim.is_own(r, user, row, parties) then
        fail("E_DENIED", "不能审核与本人有关的申请，请转给其他审核员")
    end
end

-- E_CONFLICT unless the user has the case in hand.
function claim.must(row, user, now)
    local c = claim.of(row, now)
    if c and c.account ~= user.account then
        fail("E_CONFLICT", c.name .. "已在 " .. time.text(c.at) .. " 领取此件，正在审核")
    elseif not c then
        fail("E_CONFLICT", "您尚未领取此件，或领取后 30 分钟未操作已自动放回，请重新领取")
    end
end

local function take(tx, row, user)
    row.claim, row.held, row.held_why = { account = user.account, name = user.name, at = tx:now() }, nil, nil
    case.fire(tx, row, "claim", actor(user))
end

local function try(tx, key, user, parties)
    local row = claim.lock(tx, key)
    local c = claim.of(row, tx:now())
    if c and c.account ~= user.account then
        claim.must(row, user, tx:now())
    end
    claim.refuse_own(tx, user, row, parties)
    if not c then
        take(tx, row, user)
    end
end

-- claim.take(user, key): E_CONFLICT when a colleague has it, or it does not wait for review; E_DENIED for an own case
function claim.take(user, key)
    local row = own.for_staff(user, key, { "reviewer" })
    local parties = person.parties(row, case.rules(row))
    refusal.tx(function(tx)
        try(tx, key, user, parties)
    end)
    case.told(key)
end

-- claim.drop(user, key): back into the queue. No event of the applicant's timeline.
function claim.drop(user, key)
    own.must_be(user, { "reviewer" })
    store.tx(function(tx)
        local row = claim.lock(tx, key)
        claim.must(row, user, tx:now())
        row.claim = nil
        case.put(tx, row)
        watch.act(tx, user, key, "unclaim")
    end)
end

-- Activity of who has it keeps the claim.
function claim.touch(user, row)
    local now = time.now()
    if not claim.is_mine(row, user, now) or row.claim.at + TOUCH_MS > now then
        return
    end
    store.tx(function(tx)
        local fresh = claim.lock(tx, row.key)
        if claim.is_mine(fresh, user, tx:now()) then
            fresh.claim.at = tx:now()
            case.put(tx, fresh)
        end
    end)
end

-- claim.hold(user, key, reason): 挂起. The reason is for staff alone.
function claim.hold(user, key, reason)
    own.must_be(user, { "reviewer" })
    refusal.tx(function(tx)
        local row = claim.lock(tx, key)
        claim.must(row, user, tx:now())
        row.held, row.held_why, row.claim = tx:now(), reason, nil
        case.fire(tx, row, "hold", actor(user))
    end)
end

-- claim.unhold(user, key): 取消挂起
function claim.unhold(user, key)
    own.must_be(user, { "reviewer" })
    refusal.tx(function(tx)
        local row = claim.lock(tx, key)
        row.held, row.held_why = nil, nil
        case.fire(tx, row, "unhold", actor(user))
    end)
end

-- A case enters and leaves the queue, which is the index of states: nothing but the claim is kept on the row.
local function free(_, row)
    row.claim, row.held, row.held_why = nil, nil, nil
end

effect.on("queue_review", free)
effect.on("leave_review", free)

return claim
