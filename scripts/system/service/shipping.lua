-- SPDX-License-Identifier: Apache-2.0
-- shipping: blank tokens on their way: parcels to send, lost ones, and tokens handed over at an acceptance point. A parcel is
-- a row that the effect "ship" writes: { case, state = "to_send" | "sent" | "lost" | "handed", at, courier, tracking }; where it goes
-- says the case.
local case = use "system/service/case"
local claim = use "system/service/claim"
local own = use "system/service/own"
local refusal = use "system/service/refusal"
local say = use "system/service/say"
local watch = use "system/service/watch"

local shipping = {}

local ROLES = { "counter", "reviewer" }
local PAGE = 50

shipping.states = { { id = "to_send", label = "待寄送" }, { id = "sent", label = "已寄出" }, { id = "lost", label = "已遗失" },
    { id = "handed", label = "已当面交付" } }

function shipping.count()
    return #store.list("shipment", { index = "state", equal = { "to_send" }, limit = 200, keys_only = true }).rows
end

-- The row with what its case says: number, subject, and where it goes.
local function with_case(one)
    local row = store.get("case", one.row.case)
    one.row.key = one.key
    if row then
        local to = row.delivery
        one.row.number, one.row.subject = row.number, row.subject
        one.row.receiver, one.row.phone = one.row.receiver or to.receiver_name, to.receiver_phone
        one.row.address = to.receiver_address and (to["receiver_region.text"] or "") .. to.receiver_address
    end
    return one.row
end

-- shipping.list(user, state, after) -> { rows with number and subject of the case, after }
function shipping.list(user, state, after)
    own.must_be(user, ROLES)
    local found = store.list("shipment", { index = "state", equal = { state }, after = after, limit = PAGE })
    local rows = {}
    for i, one in ipairs(found.rows) do
        rows[i] = with_case(one)
    end
    watch.read(user, "shipments", state)
    return { rows = rows, after = found.more and found.after or nil }
end

local function role_for(row, user, event)
    for _, as in ipairs(ROLES) do
        if user.roles[as] and case.knows(row, event, as) then
            return as
        end
    end
    return fail("E_CONFLICT", "申请的当前状态为“" .. case.rules(row):state(row.kind, row.state).label .. "”，不能办理")
end

local function lock(tx, key, wanted)
    local parcel = store.is_key(key) and tx:get("shipment", key) or fail("E_NOT_FOUND", "没有这个包裹")
    if parcel.state ~= wanted then
        fail("E_CONFLICT", "这个包裹的状态已经变化，请刷新页面查看")
    end
    return parcel
end

local function fire(tx, parcel, user, event, extra)
    local row = claim.lock(tx, parcel.case)
    local as = role_for(row, user, event)
    case.fire(tx, row, event, { account = user.account, as = as, name = user.name }, extra)
end

-- E_NOT_FOUND for a key that is none of a parcel.
function shipping.must_be(key)
    return store.is_key(key) and store.get("shipment", key) or fail("E_NOT_FOUND", "没有这个包裹")
end

-- shipping.send(user, key, courier, tracking): the parcel is handed to the courier
function shipping.send(user, key, courier, tracking)
    own.must_be(user, ROLES)
    local of = refusal.tx(function(tx)
        local parcel = lock(tx, key, "to_send")
        parcel.state, parcel.courier, parcel.tracking, parcel.sent, parcel.by = "sent", courier, tracking, tx:now(), user.account
        tx:put("shipment", key, parcel)
        fire(tx, parcel, user, "shipped", { note = courier .. " " .. tracking, say = { courier = courier, tracking = tracking } })
        return parcel.case
    end)
    case.told(of)
end

-- shipping.lost(user, key): on the way and never came; the code is void and a second parcel waits (effect "ship")
function shipping.lost(user, key)
    own.must_be(user, ROLES)
    local of = refusal.tx(function(tx)
        local parcel = lock(tx, key, "sent")
        parcel.state, parcel.lost, parcel.lost_by = "lost", tx:now(), user.account
        tx:put("shipment", key, parcel)
        fire(tx, parcel, user, "lost", { note = (parcel.courier or "") .. " " .. (parcel.tracking or "") .. " 途中遗失" })
        return parcel.case
    end)
    case.told(of)
end

-- Whether a token waits to be handed over at the counter.
function shipping.can_hand(row)
    return say.to_collect(row)
end

-- shipping.hand(user, key of the case, receiver): UKey handed over on site
function shipping.hand(user, key, receiver)
    own.for_staff(user, key, ROLES)
    refusal.tx(function(tx)
        local row = claim.lock(tx, key)
        if not shipping.can_hand(row) then
            fail("E_CONFLICT", "这项申请现在没有需要当面交付的 UKey")
        end
        local event = case.knows(row, "handed", ROLES[1]) and "handed" or "received" -- flows of before know no other
        local as = role_for(row, user, event)
        row.handed = tx:now()
        tx:insert("shipment", tx:key(), { case = key, state = "handed", receiver = receiver, at = tx:now(), courier = "", tracking = "", by = user.account })
        case.fire(tx, row, event, { account = user.account, as = as, name = user.name }, { note = "UKey 已当面交给 " .. receiver })
    end)
    case.told(key)
end

return shipping
