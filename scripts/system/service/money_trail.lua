-- SPDX-License-Identifier: Apache-2.0
-- money_trail: where money came from and where it went: the receipts of a case or of a trade, and what went back of them.
-- Reads only; who may look is the caller's business.
local order = use "system/service/order"
local pay = use "system/gateway/pay"
local reader = use "system/service/reader"

local money_trail = {}

local TRADE_MAX = 64 -- of core/domain

local function receipts(index, values)
    return reader.page(store.list("receipt", { index = index, equal = values, limit = 100 })).rows
end

-- A list to which a row comes once.
local function gathering()
    local out, seen = json.array {}, {}
    return out, function(row)
        if row and not seen[row.key] then
            seen[row.key], out[#out + 1] = true, row
        end
    end
end

local function receipt(key)
    local row = store.get("receipt", key)
    row.key = key
    return row
end

-- money_trail.of_case(row, its orders) -> rows of receipt with their keys. One whose money went back belongs to no order any more:
-- it is known by the order it was meant for, or by the refund that stands in the case.
function money_trail.of_case(row, orders)
    local out, add = gathering()
    for _, one in ipairs(orders) do
        for _, found in ipairs(order.receipts(one.key)) do
            add(found)
        end
        for _, found in ipairs(receipts("meant", { one.key })) do
            add(found.order == "" and found or nil)
        end
    end
    for _, refund in ipairs(order.refunds(row)) do
        add(receipt(refund.receipt))
    end
    return out
end

-- money_trail.of_trade(trade_no) -> the same, by the number that the gateway or the bank gave; of each channel at most one
function money_trail.of_trade(trade_no)
    if #trade_no > TRADE_MAX then
        return json.array {}
    end
    local out = json.array(receipts("trade", { "bank", trade_no }))
    for _, adapter in ipairs(pay.list()) do
        out[#out + 1] = receipts("trade", { adapter.id, trade_no })[1]
    end
    return out
end

-- money_trail.refunds(list of receipts) -> rows of refund with their keys, those of a receipt in the order of asking
function money_trail.refunds(list)
    local out = json.array {}
    for _, one in ipairs(list) do
        for _, refund in ipairs(reader.page(store.list("refund", { index = "receipt", equal = { one.key }, limit = 100 })).rows) do
            out[#out + 1] = refund
        end
    end
    return out
end

-- money_trail.cases(list of receipts) -> rows of the cases that the money was meant for, with their keys
function money_trail.cases(list)
    local out, add = gathering()
    for _, one in ipairs(list) do
        local of = one.order ~= "" and one.order or one.meant
        for _, key in ipairs(of ~= "" and store.get("order", of).cases or {}) do
            local row = store.get("case", key)
            row.key = key
            add(row)
        end
    end
    return out
end

return money_trail
