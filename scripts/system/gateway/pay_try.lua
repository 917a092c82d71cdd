-- SPDX-License-Identifier: Apache-2.0
-- pay_try: the cashier of try-it mode, with a book of its own (table try_trade), as a payment company has. It can drop, delay,
-- double and misprice its notices. What it sends is signed over its raw bytes, and is read as if it came from outside.
local pay = use "system/gateway/pay"

local try = { id = "try", label = "支付宝（试用收银台）", seller = "TRY-SELLER", app = "TRY-APP" }

local DAY = 24 * 3600 * 1000

-- What each habit does to a paid trade: how many notices, after how long, and what is wrong in them.
try.habits = {
    { value = "fine", label = "正常支付", notices = { 0 } },
    { value = "slow", label = "支付成功，通知延迟 5 秒", notices = { 5000 } },
    { value = "lost", label = "支付成功，通知丢失", notices = {} },
    { value = "twice", label = "支付成功，通知重复三次", notices = { 0, 200, 1500 } },
    { value = "old", label = "通知迟到（发出已 6 分钟）", notices = { 0 }, old = 6 * 60 * 1000 },
    { value = "less", label = "少付 0.01 元", notices = { 0 }, off = -1 },
    { value = "more", label = "多付 0.01 元", notices = { 0 }, off = 1 },
    { value = "seller", label = "通知中的收款方不符", notices = { 0 }, seller = "OTHER-SELLER" },
    { value = "forged", label = "通知的签名无效", notices = { 0 }, forged = true },
    { value = "fail", label = "支付失败", fails = true, notices = {} },
}

function try.habit(value)
    for _, habit in ipairs(try.habits) do
        if habit.value == value then
            return habit
        end
    end
    return try.habits[1]
end

function try.trade(out_no)
    return text.matches(out_no, "[A-Za-z0-9]{8,40}") and store.get("try_trade", out_no) or nil
end

function try.create(attempt)
    store.tx(function(tx)
        if not tx:get("try_trade", attempt.out_no) then
            tx:put("try_trade", attempt.out_no, { fen = attempt.fen, title = attempt.title, back = attempt.back, state = "waiting",
                at = tx:now() })
        end
    end)
    return "/try/cashier/" .. attempt.out_no
end

local function fields_of(out_no, trade)
    local habit = try.habit(trade.habit)
    return { app = try.app, buyer = "138****0000", currency = "CNY", fen = tostring(trade.paid_fen), out_no = out_no,
        paid_at = tostring(trade.paid_at), seller = habit.seller or try.seller, sent_at = tostring(time.now() - (habit.old or 0)),
        status = "TRADE_SUCCESS", trade_no = trade.trade_no }
end

local NAMES = { "app", "buyer", "currency", "fen", "out_no", "paid_at", "seller", "sent_at", "status", "trade_no" }

local function canonical(fields)
    local parts = {}
    for i, name in ipairs(NAMES) do
        parts[i] = name .. "=" .. fields[name]
    end
    return table.concat(parts, "&")
end

-- The raw bytes of a notification of a paid trade.
function try.notification(out_no, trade)
    local body = canonical(fields_of(out_no, trade))
    local purpose = try.habit(trade.habit).forged and "pay-try-forged" or "pay-try"
    return body .. "&sign=" .. crypto.sign(purpose, body, DAY)
end

local function parse(body)
    local fields, n = {}, 0
    for _, part in ipairs(text.split(body, "&")) do
        local name, value = string.match(part, "^([a-z_]+)=(.*)$")
        if not name or fields[name] then
            return nil
        end
        fields[name], n = value, n + 1
    end
    for _, name in ipairs(NAMES) do
        if not fields[name] then
            return nil
        end
    end
    return n == #NAMES and fields or nil
end

local function time_of(value)
    return text.matches(value, "[0-9]{1,15}") and math.tointeger(tonumber(value))
end

local function notice_of(fields)
    local fen = text.matches(fields.fen, "[1-9][0-9]{0,9}") and math.tointeger(tonumber(fields.fen))
    local paid, sent = time_of(fields.paid_at), time_of(fields.sent_at)
    return fen and paid and sent and { channel = try.id, trade_no = fields.trade_no, out_no = fields.out_no, fen = fen, currency = fields.currency,
        seller = fields.seller, our_seller = try.seller, app = fields.app, our_app = try.app, payer = fields.buyer, paid_ms = paid, sent_ms = sent,
        success = fields.status == "TRADE_SUCCESS" } or nil
end

-- The signature is checked over the raw bytes before a field is looked at.
function try.read(raw)
    local body, sign = string.match(raw, "^(.*)&sign=([%w_.~-]+)$")
    if not body or crypto.verify("pay-try", sign) ~= body then
        return nil
    end
    local fields = parse(body)
    return fields and notice_of(fields)
end

function try.query(out_no)
    local trade = try.trade(out_no)
    return trade and trade.state == "paid" and notice_of(fields_of(out_no, trade)) or nil
end

function try.close(out_no)
    store.tx(function(tx)
        local trade = tx:get("try_trade", out_no)
        if trade and trade.state == "waiting" then
            trade.state = "closed"
            tx:put("try_trade", out_no, trade)
        end
    end)
end

function try.refund(refund)
    return store.tx(function(tx)
        local trade = tx:get("try_trade", refund.out_no)
        if not trade or trade.state ~= "paid" then
            return false, "没有这笔交易"
        end
        trade.refunds = trade.refunds or {}
        trade.refunds[refund.key] = refund.fen
        tx:put("try_trade", refund.out_no, trade)
        return true, "refunded"
    end)
end

-- What a click on the cashier's page does: the book is written and the notices leave as its habit says. A trade is paid once.
function try.pay(out_no, habit_value)
    local habit = try.habit(habit_value)
    return store.tx(function(tx)
        local trade = tx:get("try_trade", out_no)
        if not trade or trade.state ~= "waiting" or habit.fails then
            return trade and trade.state or "absent"
        end
        trade.state, trade.habit, trade.paid_at = "paid", habit.value, tx:now()
        trade.paid_fen = trade.fen + (habit.off or 0)
        trade.trade_no = "TRY" .. out_no
        tx:put("try_trade", out_no, trade)
        for _, after in ipairs(habit.notices) do
            tx:enqueue("try.notify", { out_no = out_no }, tx:now() + after)
        end
        return "paid"
    end)
end

if config.try_mode == true then
    pay.add(try)
end

return try
