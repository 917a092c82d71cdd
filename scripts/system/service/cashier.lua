-- SPDX-License-Identifier: Apache-2.0
-- cashier: money that fits nothing, and money on its way back.
local case = use "system/service/case"
local money = use "lib/money"
local money_trail = use "system/service/money_trail"
local order = use "system/service/order"
local own = use "system/service/own"
local pay = use "system/gateway/pay"
local payment = use "system/service/payment"
local reader = use "system/service/reader"
local todo = use "system/service/todo"
local voucher = use "system/service/voucher"

local cashier = {}

local ROLES = { "cashier", "officer" }

-- Receipts that are not applied, oldest first.
function cashier.unapplied(user, after)
    own.must_be(user, ROLES)
    return reader.page(store.list("receipt", { index = "open", equal = { 1 }, after = after, limit = 50 }))
end

-- Refunds of a state: asked, oldest first; failed and done, newest first.
function cashier.refunds(user, state, after)
    own.must_be(user, ROLES)
    return reader.page(store.list("refund", { index = "state", equal = { state }, after = after, descending = state ~= "asked", limit = 50 }))
end

-- The orders of a case, newest first; an older one is closed or refunded.
local function orders_of(row)
    return reader.page(store.list("order", { index = "case", equal = { row.key }, descending = true, limit = 20 })).rows
end

-- cashier.find(user, number) -> { row, orders, receipts, refunds, vouchers }; nil and a sentence when there is no such case
function cashier.find(user, number)
    local row, sentence = case.staff_by_number(user, number, ROLES)
    if not row then
        return nil, sentence or "没有这个业务受理号"
    end
    local orders = orders_of(row)
    local receipts = money_trail.of_case(row, orders)
    return { row = row, orders = orders, receipts = receipts, refunds = money_trail.refunds(receipts), vouchers = voucher.of(row) }
end

-- cashier.trade(user, trade_no) -> { receipts, refunds, cases }, whatever became of the money; nil when no trade has this number
function cashier.trade(user, trade_no)
    own.must_be(user, ROLES)
    local receipts = money_trail.of_trade(trade_no)
    return #receipts > 0 and { receipts = receipts, refunds = money_trail.refunds(receipts), cases = money_trail.cases(receipts) } or nil
end

local function receipt_of(tx, key)
    local row = store.is_key(key) and tx:get("receipt", key) or fail("E_NOT_FOUND", "没有这笔收款")
    if row.unapplied == 0 then
        fail("E_CONFLICT", "这笔款项已处理，请刷新页面")
    end
    return row
end

local function apply_in(tx, user, receipt, key)
    local found, row = receipt_of(tx, receipt), tx:get("case", key)
    local frozen = order.of(row, tx)
    if not frozen or frozen.state ~= "open" then
        fail("E_CONFLICT", "这项申请没有待付的订单")
    elseif frozen.total ~= found.unapplied or found.applied > 0 then
        fail("E_CONFLICT", "这笔款项与待付订单的金额不同")
    end
    tx:apply { receipt = receipt, order = row.order, by = user.account, as = "cashier" }
    return payment.settle(tx, row.order, { account = user.account, as = "cashier" })
end

-- cashier.apply(user, receipt, number): the receipt pays the open order of that case, of exactly that sum.
function cashier.apply(user, receipt, number)
    own.must_be(user, { "cashier" })
    if not store.is_key(receipt) then
        fail("E_NOT_FOUND", "没有这笔收款")
    end
    local row, sentence = case.staff_by_number(user, number, ROLES)
    local key = row and row.key or fail("E_INVALID", sentence or "没有这个业务受理号")
    local cases
    store.tx(function(tx)
        cases = apply_in(tx, user, receipt, key)
    end)
    for _, one in ipairs(cases) do
        case.told(one)
    end
end

-- cashier.refund(user, receipt, why): what stands unapplied goes back.
function cashier.refund(user, receipt, why)
    own.must_be(user, ROLES)
    if text.trim(why or "") == "" then
        fail("E_INVALID", "请写明退款的原因")
    end
    store.tx(function(tx)
        local row = receipt_of(tx, receipt)
        local key = tx:refund { receipt = receipt, fen = row.unapplied, why = why, by = user.account,
            as = user.roles.cashier and "cashier" or "officer" }
        tx:enqueue("refund.send", { refund = key })
    end)
end

-- cashier.transferred(user, refund): a refund by bank transfer was carried out by hand.
function cashier.transferred(user, refund, reference)
    own.must_be(user, { "cashier" })
    store.tx(function(tx)
        local row = store.is_key(refund) and tx:get("refund", refund) or fail("E_NOT_FOUND", "没有这笔退款")
        if row.state ~= "asked" or pay.has(row.channel) then
            fail("E_CONFLICT", "这笔退款不需要人工登记，请刷新页面")
        end
        tx:refunded { refund = refund, done = true, said = reference }
        tx:append("audit", refund, { event = "refund.by_hand", by = user.account })
    end)
end

local function send(refund, row)
    local receipt = store.get("receipt", row.receipt)
    if not pay.has(receipt.channel) then
        return nil
    end
    return pay.of(receipt.channel).refund { key = refund, fen = row.fen, trade_no = receipt.trade_no, out_no = receipt.out_no }
end

-- A refund that the gateway refused: the sum stands unapplied again, where the cashier sends it once more or another way.
local function failed(tx, row, done)
    if not done then
        todo.add(tx, "refund", { text = "退款 " .. money.yuan(row.fen) .. " 元没有成功，款项已回到未入账，交易号 " .. row.trade_no })
    end
end

-- The gateway is asked to give the money back; idempotent at the gateway by the refund's key. A channel without one waits for the
-- cashier.
function cashier.refund_job(args, job_id)
    local row = store.get("refund", args.refund)
    local done, said
    if row and row.state == "asked" then
        done, said = send(args.refund, row)
    end
    store.tx(function(tx)
        if done ~= nil then
            tx:refunded { refund = args.refund, done = done, said = said or "" }
            failed(tx, row, done)
        elseif row and row.state == "asked" then
            todo.add(tx, "refund", { text = "请办理银行退款，退款单 " .. args.refund })
        end
        tx:finish(job_id)
    end)
end

return cashier
