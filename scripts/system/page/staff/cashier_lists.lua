-- SPDX-License-Identifier: Apache-2.0
-- cashier start page: vouchers that wait, money that fits nothing, refunds; each list goes on at an address of its own.
local cashier = use "system/service/cashier"
local guard = use "system/service/guard"
local money = use "lib/money"
local payees = use "system/page/staff/payees"
local refund_words = use "lib/refund_words"
local search = use "system/page/staff/cashier_find"
local shell = use "system/page/staff/shell"
local voucher = use "system/service/voucher"

local HREF = "/staff/cashier"
local EMPTY = { rows = {} }

-- Where a list goes on; the other lists begin anew.
local function next_href(list, found)
    return found.after and shell.href(HREF, { { "list", list }, { "after", found.after } }) .. "#" .. list
end

local function voucher_rows(found)
    local rows = {}
    for i, one in ipairs(found.rows) do
        local of = store.get("case", one.case)
        local count = #payees.of(one.order)
        rows[i] = { number = of.number .. (count > 1 and " 等 " .. count .. " 项" or ""), name = of.user_name, amount = "¥" .. money.yuan(one.fen),
            at = time.text(one.at), act = { label = "核对", href = "/staff/cashier/voucher/" .. one.key, say = of.number } }
    end
    return rows
end

local function receipt_rows(found)
    local rows = {}
    for i, one in ipairs(found.rows) do
        rows[i] = { trade = one.trade_no, channel = one.channel == "bank" and "银行" or "在线", amount = "¥" .. money.yuan(one.unapplied),
            at = time.text(one.paid), act = { label = "处理", href = "/staff/cashier/receipt/" .. one.key, say = one.trade_no } }
    end
    return rows
end

local STATES = { { id = "asked", label = "办理中的退款" }, { id = "failed", label = "失败的退款" }, { id = "done", label = "已办理的退款" } }

-- A list of refunds for each state that has some, from where the address says.
local function refund_lists(user, list, after)
    local out = {}
    for _, state in ipairs(STATES) do
        local found, rows = cashier.refunds(user, state.id, list == state.id and after or nil), {}
        for i, one in ipairs(found.rows) do
            rows[i] = refund_words.row(one)
        end
        out[#out + 1] = #rows > 0 and { id = state.id, label = state.label, rows = rows, after = next_href(state.id, found) } or nil
    end
    return out
end

http.get(HREF, guard.staff({ "cashier", "officer" }, function(req, user)
    local list, after = req:query("list"), req:query("after")
    local vouchers = user.roles.cashier and voucher.waiting(user, list == "vouchers" and after or nil) or EMPTY
    local receipts = cashier.unapplied(user, list == "receipts" and after or nil)
    return shell.send(req, 200, "staff/cashier", user, { title = "收费工作台", fields = { search.field }, vouchers = voucher_rows(vouchers),
        receipts = receipt_rows(receipts), refunds = refund_lists(user, list, after), columns = refund_words.columns,
        after = { vouchers = next_href("vouchers", vouchers), receipts = next_href("receipts", receipts) } })
end), { staff = true, no_store = true })
