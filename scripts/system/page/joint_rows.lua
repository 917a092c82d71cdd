-- SPDX-License-Identifier: Apache-2.0
-- joint_rows: the applications that one order pays, as the pages of payment show them.
local joint = use "system/service/joint"
local money = use "lib/money"

-- joint_rows(user, frozen order) -> { rows for part/table, waiting = whether a voucher of one of them is being looked at }; nil for an
-- order of one application
return function(user, frozen)
    if not frozen or #frozen.cases < 2 then
        return nil
    end
    local out = { rows = {}, waiting = false }
    for i, one in ipairs(joint.cases(user, frozen)) do
        local number = one.mine and { label = one.number, href = "/case/" .. one.key } or "已由其他账号办理"
        out.rows[i] = { no = i, number = number, name = one.name ~= "" and one.name or "—",
            amount = "¥" .. money.yuan(one.fen) .. (one.left and "（已退款）" or "") }
        out.waiting = out.waiting or one.waiting
    end
    return out
end
