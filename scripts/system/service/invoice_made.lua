-- SPDX-License-Identifier: Apache-2.0
-- invoice_made: the electronic invoice of a paid application (S183): made out by a job behind the payment, or elsewhere and
-- registered by the cashier; mailed to the address that the applicant named. On the row: made = { number, link, at, by }.
local case = use "system/service/case"
local gateway = use "system/gateway/invoice"
local invoice = use "system/service/invoice"
local message = use "system/service/message"
local money = use "lib/money"
local order = use "system/service/order"
local own = use "system/service/own"
local todo = use "system/service/todo"

local invoice_made = {}

-- What the case paid of its order; nil when that is not paid, or not any more.
local function paid_of(row, tx)
    local frozen = order.of(row, tx)
    local fen = frozen and frozen.state == "paid" and order.part(frozen, row.key) or 0
    return fen > 0 and fen or nil
end

local function ask_of(row, fen)
    local b = case.rules(row)
    local values = invoice.values(row, b)
    return { key = row.order .. ":" .. row.key, type = values.invoice_type, title = values.invoice_title, tax_no = values.invoice_tax_no or "",
        email = values.invoice_email, number = row.number, what = b:kind(row.kind).label, fen = fen }
end

local function record(tx, row, ask, made, by)
    row.invoice_made = { number = made.number, link = made.link, at = tx:now(), by = by }
    case.put(tx, row)
    message.send(tx, row, "invoice", { number = row.number, title = ask.title, amount = money.yuan(ask.fen), link = made.link }, { to = ask.email })
    tx:append("audit", row.key, { event = "invoice.made", number = made.number, by = by })
end

-- Looked at again in the transaction: a refund or somebody else may have been faster.
local function settle(tx, key, ask, made, by)
    local row = tx:get("case", key)
    row.key = key
    if paid_of(row, tx) ~= ask.fen or row.invoice_made then
        return false
    end
    if made then
        record(tx, row, ask, made, by)
    else
        todo.add(tx, "invoice", { case = key, text = "请开具电子发票并登记：受理号 " .. row.number .. "，金额 " .. money.yuan(ask.fen) .. " 元" })
    end
    return true
end

-- invoice_made.job({ case }, job id): behind each payment
function invoice_made.job(args, job_id)
    local row = store.get("case", args.case)
    row.key = args.case
    local fen, adapter = paid_of(row), gateway.adapter()
    local ask = fen and not row.invoice_made and ask_of(row, fen) or nil
    local made = ask and adapter and adapter.create(ask)
    store.tx(function(tx)
        if ask then
            settle(tx, args.case, ask, made, adapter and adapter.id or "")
        end
        tx:finish(job_id)
    end)
end

-- invoice_made.state(row) -> "made", "open" (paid, to be made out) or "none"
function invoice_made.state(row)
    return row.invoice_made and "made" or paid_of(row) and "open" or "none"
end

-- invoice_made.asked(row) -> { title, tax_no, email, fen, … }: how a paid order's invoice is to be made out
function invoice_made.asked(row)
    return ask_of(row, paid_of(row) or fail("E_CONFLICT", "费用到账后才能开具发票"))
end

local function check(given)
    local errors = {}
    if not text.matches(given.number, "[0-9]{8,20}") then
        errors[1] = { field = "invoice_no", code = "format", message = "发票号码应为 8 至 20 位数字" }
    end
    if not text.matches(given.link, "https://[^\\s\"'<>]{4,500}") then
        errors[#errors + 1] = { field = "link", code = "format", message = "下载地址应以 https:// 开头" }
    end
    return errors
end

-- invoice_made.register(user, case row, { number, link }) -> nil, or errors; E_CONFLICT when there is one, or nothing is paid
function invoice_made.register(user, row, given)
    own.must_be(user, { "cashier" })
    local errors = check(given)
    if #errors > 0 then
        return errors
    end
    local ask = invoice_made.asked(row)
    if not store.tx(function(tx) return settle(tx, row.key, ask, given, user.account) end) then
        fail("E_CONFLICT", "这项申请的电子发票已登记，请刷新页面")
    end
    return nil
end

return invoice_made
