-- SPDX-License-Identifier: Apache-2.0
-- payment: attempts, and booking what gateways say. Whatever way the word of money came (notice, query, the cashier's own
-- list), it is booked by one function, once.
local case = use "system/service/case"
local money = use "lib/money"
local order = use "system/service/order"
local own = use "system/service/own"
local pay = use "system/gateway/pay"
local todo = use "system/service/todo"

local payment = {}

local SYSTEM = { account = "", as = "system" }
local FIRST_QUERY = 30 * 1000
local FRESH_MS = 5 * 60 * 1000
local DELAYS = { 60, 120, 300, 900, 3600, 3 * 3600, 12 * 3600 }

-- The order that is to be paid. One of several cases may hold one that was handed over to somebody else since.
local function open_order(tx, row, user)
    order.freeze(tx, row, user)
    local frozen = order.of(row, tx)
    if frozen.state == "paid" then
        fail("E_CONFLICT", "费用已支付，无需再付")
    end
    for _, one in ipairs(frozen.cases) do
        if not tx:may(user.account, one) then
            fail("E_CONFLICT", "合并缴费中有您已无权办理的申请，请取消合并，单独缴费")
        end
    end
    return frozen
end

local function title_of(row, frozen)
    local more = #frozen.cases > 1 and " 等 " .. #frozen.cases .. " 项申请" or ""
    return case.rules(row):kind(row.kind).label .. " " .. row.number .. more
end

-- payment.begin(user, key, channel) -> where the payer goes. The order is frozen, the attempt written, then the gateway is told.
function payment.begin(user, key, channel)
    local adapter = pay.of(channel)
    local out_no, row, frozen = store.tx(function(tx)
        local row = own.lock(tx, user, key)
        local frozen = open_order(tx, row, user)
        local made = tx:attempt { order = frozen.key, channel = channel, by = user.account }
        tx:enqueue("order.query", { out_no = made, channel = channel, order = frozen.key, n = 1 }, tx:now() + FIRST_QUERY)
        return made, row, frozen
    end)
    return adapter.create { out_no = out_no, fen = frozen.total, title = title_of(row, frozen), back = "/case/" .. key .. "/result" }
end

-- A paid case goes on; one that cannot stays where it is, with its money.
local function tell_case(tx, key, event, actor, fen)
    local row = tx:get("case", key)
    if not row then
        return
    end
    row.key = key
    if case.knows(row, event, actor.as) then
        case.fire(tx, row, event, actor, { say = { amount = money.yuan(fen) }, note = money.yuan(fen) .. " 元" })
    end
end

local function cases_of(tx, key)
    local found = key and tx:get("order", key)
    return found and found.cases or {}
end
payment.cases_of = cases_of

-- payment.settle(tx, order key, actor, but) -> the cases: each is told once of what it paid, in the transaction of the money;
-- not the case `but`, which the caller tells in its own way
function payment.settle(tx, key, actor, but)
    local frozen = tx:get("order", key)
    for _, one in ipairs(frozen.cases) do
        if one ~= but then
            tell_case(tx, one, "paid", actor, order.part(frozen, one))
        end
        tx:enqueue("invoice.make", { case = one })
    end
    return frozen.cases
end

-- Money that fits no open order is never silent; the cases of an ended order see it, so that it goes back by itself.
local function unapplied(tx, notice, key)
    todo.add(tx, "receipt", { text = "收到 " .. money.yuan(notice.fen) .. " 元，没有对应的待付订单（交易号 " .. notice.trade_no .. "）",
        case = cases_of(tx, key)[1] or "" })
end

-- payment.book(notice) -> outcome: applied | repeated | unapplied | noted | refused
function payment.book(notice)
    local cases
    local outcome = store.tx(function(tx)
        cases = {}
        local result, key = tx:notice(notice)
        if result == "applied" then
            cases = payment.settle(tx, key, SYSTEM)
        elseif result == "unapplied" then
            unapplied(tx, notice, key)
        end
        return result
    end)
    for _, key in ipairs(cases) do
        case.told(key)
    end
    log.info("payment notice", { channel = notice.channel, out_no = notice.out_no, outcome = outcome })
    return outcome
end

-- An old word of money may be another's, said again: the gateway is asked, and what it says now is booked. nil when it knows
-- of no money. Clocks may differ both ways.
local function confirmed(notice)
    if not notice.success or math.abs(time.now() - notice.sent_ms) <= FRESH_MS then
        return notice
    end
    local known = pay.of(notice.channel).query(notice.out_no)
    log.info("an old payment notice was asked for", { channel = notice.channel, out_no = notice.out_no, known = known and true or false })
    return known
end

-- payment.receive(channel, raw, headers) -> whether it was genuine and, when it is old, still true
function payment.receive(channel, raw, headers)
    local notice = pay.of(channel).read(raw, headers)
    if not notice then
        log.warn("a payment notice is not genuine", { channel = channel, bytes = #raw })
        return false
    end
    local true_now = confirmed(notice)
    return true_now ~= nil and true_now ~= false and payment.book(true_now) ~= "refused"
end

-- payment.ask(channel, out_no): asks the gateway about one attempt and books what it knows of; whether it knew of money.
function payment.ask(channel, out_no)
    local notice = pay.has(channel) and pay.of(channel).query(out_no)
    if notice then
        payment.book(notice)
    end
    return notice ~= nil and notice ~= false
end

-- 【我已支付，查询结果】: asks the gateways about every attempt of the case's order.
function payment.query(row)
    for _, attempt in ipairs(row.order ~= "" and order.attempts(row.order) or {}) do
        payment.ask(attempt.channel, attempt.out_no)
    end
end

-- The hall asks by itself, less and less often, as long as the order is open.
function payment.query_job(args, job_id)
    local known = payment.ask(args.channel, args.out_no)
    store.tx(function(tx)
        local delay = DELAYS[args.n]
        local found = tx:get("order", args.order)
        if not known and delay and found and found.state == "open" then
            tx:enqueue("order.query", { out_no = args.out_no, channel = args.channel, order = args.order, n = args.n + 1 },
                tx:now() + delay * 1000)
        end
        tx:finish(job_id)
    end)
end

-- A closed order is not to be paid at the gateways either. What was paid before that, with its notice lost, is asked for last:
-- it stands unapplied.
function payment.closed(key)
    for _, attempt in ipairs(order.attempts(key)) do
        if pay.has(attempt.channel) then
            pay.of(attempt.channel).close(attempt.out_no)
            payment.ask(attempt.channel, attempt.out_no)
        end
    end
end

function payment.close_job(args, job_id)
    payment.closed(args.order)
    store.tx(function(tx)
        tx:finish(job_id)
    end)
end

return payment
