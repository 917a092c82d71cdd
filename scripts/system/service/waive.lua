-- SPDX-License-Identifier: Apache-2.0
-- waive: two officers of different persons let an application pass unpaid. The second one moves it on as a payment would.
local case = use "system/service/case"
local claim = use "system/service/claim"
local effect = use "system/service/effect"
local own = use "system/service/own"
local refusal = use "system/service/refusal"

local waive = {}

local function close_order(tx, row, user)
    if row.order ~= "" then
        effect.run("close_order", tx, row, { event = "paid", from = row.state, actor = { account = user.account, as = "officer" }, facts = {},
            extra = {}, b = case.rules(row) })
    end
end

local function go_on(tx, row, user)
    close_order(tx, row, user)
    if case.knows(row, "paid", "system") then
        case.fire(tx, row, "paid", { account = "", as = "system" }, { note = "经两位主管同意免缴", words = { paid = "waived" } })
    end
end

-- waive.give(user, key, reason) -> whether it counts now
function waive.give(user, key, reason)
    own.for_staff(user, key, { "officer" })
    local counts = refusal.tx(function(tx)
        local row = claim.lock(tx, key)
        local before = tx:standing(key)
        if before.paid or before.waived then
            fail("E_CONFLICT", "这项申请已缴费或已免缴")
        end
        tx:waive { case = key, reason = reason, by = user.account, as = "officer" }
        local counted = tx:standing(key).waived
        if counted then
            go_on(tx, row, user)
        end
        return counted
    end)
    case.told(key)
    return counts
end

return waive
