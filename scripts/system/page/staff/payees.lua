-- SPDX-License-Identifier: Apache-2.0
-- payees: the applications that one order pays, in words for the cashier.
local money = use "lib/money"
local order = use "system/service/order"

local payees = {}

-- payees.of(key of an order) -> list of texts: number, name, its part and whether that went back
function payees.of(key)
    local out, frozen = {}, store.get("order", key)
    for i, one in ipairs(frozen and frozen.cases or {}) do
        local row = store.get("case", one)
        local back = order.has_left(frozen, one) and "，已退款" or ""
        out[i] = row.number .. "　" .. row.user_name .. "（¥" .. money.yuan(order.part(frozen, one)) .. back .. "）"
    end
    return out
end

-- The same as one text.
function payees.text(key)
    return table.concat(payees.of(key), "；")
end

-- payees.rows(voucher) -> rows of a summary: the application, or all that are paid together
function payees.rows(voucher)
    local row, all, rows = store.get("case", voucher.case), payees.of(voucher.order), {}
    if #all < 2 then
        return { { label = "业务受理号", value = row.number }, { label = "证书名称", value = row.user_name },
            { label = "申请单位或个人", value = row.subject } }
    end
    for i, one in ipairs(all) do
        rows[i] = { label = "合并缴费 " .. i, value = one }
    end
    return rows
end

return payees
