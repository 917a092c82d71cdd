-- SPDX-License-Identifier: Apache-2.0
-- order: what a case costs: a quote until the payment page is first opened, then an order with frozen lines (C6). A change of
-- what bears a price closes it; a refusal gives its money back. Several cases may share one order (service/joint): row.total is
-- the case's own part of it, always.
local case = use "system/service/case"
local effect = use "system/service/effect"
local live = use "system/service/live"
local own = use "system/service/own"
local reader = use "system/service/reader"
local todo = use "system/service/todo"
local dates = use "lib/dates"

local order = {}

-- order.day(row, b, now) -> the day whose prices count: that of 提交数据 as long as the quote holds (C26), else today.
function order.day(row, b, now)
    local today = time.date(now)
    local day = row.submitted and time.date(row.submitted) or today
    local quote = b:quote { quote_date = day, order = { { case = row.key, kind = row.kind, values = row.values } } }
    return today <= quote.valid_until and day or today
end

-- order.quote(row, now) -> b:quote's answer; renewed = true when an older quote has run out
function order.quote(row, now)
    local b = live.rules_of(row)
    local day = order.day(row, b, now)
    local quote = b:quote { quote_date = day, order = { { case = row.key, kind = row.kind, values = row.values } } }
    quote.renewed = row.submitted ~= nil and day ~= time.date(row.submitted)
    return quote
end

-- order.has_left(frozen, case key): whether its money went back while the order stays paid for the others
function order.has_left(frozen, key)
    for _, one in ipairs(frozen.left or {}) do
        if one == key then
            return true
        end
    end
    return false
end

-- order.part(frozen, case key) -> fen: the sum of its lines
function order.part(frozen, key)
    local fen = 0
    for _, line in ipairs(frozen.lines) do
        fen = fen + (line.case == key and line.fen or 0)
    end
    return fen
end

-- order.of(row, tx or nil) -> the order in force with its key, or nil
function order.of(row, tx)
    local found = row.order ~= "" and reader.of(tx):get("order", row.order) or nil
    if not found or found.state == "closed" or found.state == "refunded" or order.has_left(found, row.key) then
        return nil
    end
    found.key = row.order
    return found
end

-- Whether an order stands on a newer day than that of 提交数据: its quote had run out (C26). The cases of a joint one have each
-- a day of their own.
local function is_renewed(row, frozen)
    local day = #frozen.cases > 1 and order.day(row, live.rules_of(row), frozen.at) or frozen.quote_date
    return frozen.state == "open" and row.submitted ~= nil and day ~= time.date(row.submitted)
end

local function own_lines(row, frozen)
    local lines = {}
    for _, line in ipairs(frozen.lines) do
        lines[#lines + 1] = line.case == row.key and line or nil
    end
    return lines
end

-- What the payment page shows: { lines, total (of the case), due (at once), order (key or nil), state = quote | open | paid,
-- valid_until, renewed, remark, joint = the order when it is of several cases, full = the quote's own lines when they still hold }
function order.shown(row)
    local frozen = order.of(row)
    local quote = order.quote(row, time.now())
    if not frozen then
        quote.state, quote.due = "quote", quote.total
        return quote
    end
    local joint = #frozen.cases > 1 and frozen or nil
    return { lines = own_lines(row, frozen), total = order.part(frozen, row.key), due = frozen.total, order = frozen.key, state = frozen.state,
        quote_date = frozen.quote_date, joint = joint, renewed = is_renewed(row, frozen), remark = quote.remark,
        full = not joint and frozen.quote_date == quote.quote_date and quote.lines or nil }
end

-- 在线支付 is open from 提交数据 to the end of the case (C27).
function order.is_open(row)
    return row.submitted ~= nil and case.knows(row, "paid", "system") and not live.rules_of(row):state(row.kind, row.state).final
end

-- order.frozen(quote) -> the lines of a quote as an order keeps them
function order.frozen(quote)
    local lines = {}
    for _, line in ipairs(quote.lines) do
        if line.total > 0 then
            lines[#lines + 1] = { case = line.case, item = line.item, label = line.label, fen = line.total }
        end
    end
    return lines
end

-- order.freeze(tx, row, user) -> key: the order in force, made when there is none
function order.freeze(tx, row, user)
    if order.of(row, tx) then
        return row.order
    elseif not order.is_open(row) then
        fail("E_CONFLICT", "申请现在不能缴费，请在申请页面查看状态")
    end
    local quote = order.quote(row, tx:now())
    row.order = tx:order_open { lines = order.frozen(quote), bundle = row.bundle, quote_date = quote.quote_date, by = user.account }
    row.total = quote.total
    case.put(tx, row)
    return row.order
end

-- order.open(user, key) -> row, with an order in force
function order.open(user, key)
    local row = own.get(user, key)
    if order.of(row) then
        return row
    end
    return store.tx(function(tx)
        local now = own.lock(tx, user, key)
        order.freeze(tx, now, user)
        return now
    end)
end

-- The attempts of an order, newest first.
function order.attempts(key)
    local out = {}
    for i, one in ipairs(store.list("attempt", { index = "order", equal = { key }, descending = true, limit = 50 }).rows) do
        one.row.key = one.key
        out[i] = one.row
    end
    return out
end

-- The receipts that an order was paid by.
function order.receipts(key, tx)
    local out = {}
    for i, one in ipairs(reader.of(tx):list("receipt", { index = "order", equal = { key }, limit = 50 }).rows) do
        one.row.key = one.key
        out[i] = one.row
    end
    return out
end

-- What went back, or is on its way, because the case ended: rows of refund with their keys.
function order.refunds(row)
    local out = {}
    for i, key in ipairs(row.refunds or {}) do
        out[i] = store.get("refund", key)
        out[i].key = key
    end
    return out
end

-- A case whose order is closed has a quote again.
local function let_go(tx, key, frozen)
    local other = tx:get("case", key)
    if other.order == frozen.key then
        other.key, other.order, other.total = key, "", 0
        case.put(tx, other)
        tx:append("audit", key, { event = "order.parted", order = frozen.key })
    end
end

-- order.close(tx, row, frozen, why, by or nil): the open order ends for all its cases; row is the one in hand, which the caller
-- writes. Without by the system does it.
function order.close(tx, row, frozen, why, by)
    tx:order_close { order = frozen.key, why = why, by = by }
    tx:enqueue("order.close", { order = frozen.key })
    for _, key in ipairs(frozen.cases) do
        if key ~= row.key then
            let_go(tx, key, frozen)
        end
    end
    row.order, row.total = "", 0
end

-- Who acts on one case may have no right to the others of its order, which ends all the same: the system does it then.
effect.on("close_order", function(tx, row, ctx)
    local frozen = order.of(row, tx)
    if frozen and frozen.state == "open" then
        local by = ctx.actor.as == "applicant" and #frozen.cases == 1 and ctx.actor.account or nil
        order.close(tx, row, frozen, "case." .. ctx.event, by)
    end
end)

-- What the case paid goes back, once; the order stays paid for its other cases.
effect.on("open_refund", function(tx, row, ctx)
    local before, frozen = #(row.refunds or {}), order.of(row, tx)
    for _, receipt in ipairs(frozen and frozen.state == "paid" and order.receipts(frozen.key, tx) or {}) do
        if receipt.applied > 0 then
            local key = tx:refund { receipt = receipt.key, case = row.key, fen = order.part(frozen, row.key), why = "case." .. ctx.event }
            row.refunds = row.refunds or json.array {}
            row.refunds[#row.refunds + 1] = key
            tx:enqueue("refund.send", { refund = key })
        end
    end
    if row.invoice_made and #(row.refunds or {}) > before then
        todo.add(tx, "invoice", { case = row.key, text = "费用已退，请开具红字发票：原发票号码 " .. row.invoice_made.number })
    end
end)

-- dates is used by the page: how long the quote still holds, in words
function order.until_text(quote)
    return quote.valid_until and dates.text(quote.valid_until) or nil
end

return order
