-- SPDX-License-Identifier: Apache-2.0
-- refund_words: what staff read of money that goes back.
local event_words = use "lib/event_words"
local money = use "lib/money"

local refund_words = {}

local STATES = { asked = "办理中", done = "已退款", failed = "失败" }

-- Why money goes back: what ended the application, or the cashier's own words.
function refund_words.why(one)
    local event = string.match(one.why, "^case%.([%l_]+)$")
    return event and event_words.event(event) or one.why
end

-- What became of it, with the bank's number or the gateway's reason.
local function state_of(one)
    local by_hand = one.channel == "bank" and one.state == "done"
    local said = (by_hand or one.state == "failed") and one.said or ""
    return STATES[one.state] .. (said ~= "" and (by_hand and "（银行流水号 " or "（") .. said .. "）" or "")
end

-- refund_words.row(refund with its key) -> the cells of a table; one by bank that waits can be dealt with
function refund_words.row(one)
    local by_hand = one.state == "asked" and one.channel == "bank"
    return { trade = one.trade_no, amount = "¥" .. money.yuan(one.fen), why = refund_words.why(one), state = state_of(one),
        at = time.text(one.state == "asked" and one.at or one.answered),
        act = by_hand and { label = "登记已退", href = "/staff/cashier/refund/" .. one.key, say = one.trade_no } or "" }
end

refund_words.columns = { { id = "trade", label = "交易号" }, { id = "amount", label = "金额", amount = true }, { id = "why", label = "原因" },
    { id = "state", label = "状态" }, { id = "at", label = "时间", short = true }, { id = "act", label = "操作" } }

return refund_words
