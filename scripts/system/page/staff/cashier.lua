-- SPDX-License-Identifier: Apache-2.0
-- cashier pages: vouchers that wait, money that fits nothing, refunds.
local cashier = use "system/service/cashier"
local csrf = use "lib/csrf"
local event_words = use "lib/event_words"
local form = use "lib/form"
local guard = use "system/service/guard"
local invoice_made = use "system/service/invoice_made"
local live = use "system/service/live"
local money = use "lib/money"
local payees = use "system/page/staff/payees"
local shell = use "system/page/staff/shell"
local voucher = use "system/service/voucher"

local ROLES = { "cashier", "officer" }

local function voucher_rows(user)
    local rows = {}
    for i, one in ipairs(user.roles.cashier and voucher.waiting(user).rows or {}) do
        local of = store.get("case", one.case)
        local count = #payees.of(one.order)
        rows[i] = { number = of.number .. (count > 1 and " 等 " .. count .. " 项" or ""), name = of.user_name, amount = "¥" .. money.yuan(one.fen),
            at = time.text(one.at), act = { label = "核对", href = "/staff/cashier/voucher/" .. one.key, say = of.number } }
    end
    return rows
end

local function receipt_rows(user)
    local rows = {}
    for i, one in ipairs(cashier.unapplied(user).rows) do
        rows[i] = { trade = one.trade_no, channel = one.channel == "bank" and "银行" or "在线", amount = "¥" .. money.yuan(one.unapplied),
            at = time.text(one.paid), act = { label = "处理", href = "/staff/cashier/receipt/" .. one.key, say = one.trade_no } }
    end
    return rows
end

-- Why money goes back: what ended the application, or the cashier's own words.
local function why_of(one)
    local event = string.match(one.why, "^case%.([%l_]+)$")
    return event and event_words.event(event) or one.why
end

local STATES = { asked = "办理中", done = "已退款", failed = "失败" }

local function refund_rows(user)
    local rows = {}
    for _, state in ipairs { "asked", "failed", "done" } do
        for _, one in ipairs(cashier.refunds(user, state).rows) do
            local receipt = store.get("receipt", one.receipt)
            local by_hand = state == "asked" and receipt.channel == "bank"
            rows[#rows + 1] = { trade = receipt.trade_no, amount = "¥" .. money.yuan(one.fen), why = why_of(one), state = STATES[state],
                act = by_hand and { label = "登记已退", href = "/staff/cashier/refund/" .. one.key, say = receipt.trade_no } or "" }
        end
    end
    return rows
end

-- All the money of one case -------------------------------------------------------------------------------------------

local ORDER_STATES = { open = "待付", paid = "已付", closed = "已关闭", refunded = "已退款" }
local VOUCHER_STATES = { waiting = "待确认", confirmed = "已确认", refused = "未通过" }

local function order_rows(found)
    local rows = {}
    for i, one in ipairs(found.orders) do
        rows[i] = { date = one.quote_date, amount = "¥" .. money.yuan(one.total), state = ORDER_STATES[one.state] or one.state,
            cases = #one.cases > 1 and "合并缴费 " .. #one.cases .. " 项：" .. payees.text(one.key) or "本申请" }
    end
    return rows
end

local function found_rows(found)
    local receipts, vouchers = {}, {}
    for i, one in ipairs(found.receipts) do
        receipts[i] = { trade = one.trade_no, amount = "¥" .. money.yuan(one.fen), unapplied = "¥" .. money.yuan(one.unapplied), at = time.text(one.paid),
            act = one.unapplied > 0 and { label = "处理", href = "/staff/cashier/receipt/" .. one.key, say = one.trade_no } or "" }
    end
    for i, one in ipairs(found.vouchers) do
        vouchers[i] = { amount = "¥" .. money.yuan(one.fen), at = time.text(one.at), state = VOUCHER_STATES[one.state], why = one.reason,
            act = { label = "查看", href = "/staff/cashier/voucher/" .. one.key, say = time.text(one.at) } }
    end
    return receipts, vouchers
end

local INVOICES = { made = "已开具并发送", open = "待开具", none = "无" }

local number_field = { id = "number", type = "reference", label = "业务受理号", required = true }

http.get("/staff/cashier/find", guard.staff(ROLES, function(req, user)
    local number = req:query("number") or ""
    local data = { title = "按业务受理号查询", fields = { number_field }, values = { number = number }, messages = {}, errors = {} }
    if number == "" then
        return shell.send(req, 200, "staff/money", user, data)
    end
    local found, sentence = cashier.find(user, number)
    if not found then
        data.errors = { { field = "number", message = sentence } }
        data.messages = form.by_field(data.errors)
        return shell.send(req, 422, "staff/money", user, data)
    end
    data.rows = { { label = "业务受理号", value = found.row.number }, { label = "证书名称", value = found.row.user_name },
        { label = "申请单位或个人", value = found.row.subject }, { label = "电子发票", value = INVOICES[invoice_made.state(found.row)] } }
    data.bill = user.roles.cashier and invoice_made.state(found.row) == "open" and "/staff/cashier/invoice/" .. found.row.key or nil
    data.orders, data.receipts, data.vouchers = order_rows(found), found_rows(found)
    return shell.send(req, 200, "staff/money", user, data)
end), { staff = true, no_store = true })

http.get("/staff/cashier", guard.staff(ROLES, function(req, user)
    return shell.send(req, 200, "staff/cashier", user, { title = "收费工作台", vouchers = voucher_rows(user), receipts = receipt_rows(user),
        refunds = refund_rows(user), fields = { number_field } })
end), { staff = true, no_store = true })

-- One voucher -----------------------------------------------------------------------------------------------------------

local function yuan_field(fen)
    return { id = "yuan", type = "text", label = "银行到账金额（元）", required = true, max = 14, pattern = "[0-9]{1,8}(?:[.][0-9]{1,2})?",
        message = "请填写金额，例如 " .. string.format("%d.%02d", fen // 100, fen % 100) }
end

local reference = { id = "reference", type = "text", label = "银行流水号", required = true, min = 4, max = 64 }

local function voucher_page(req, status, user, one, opts)
    local rows = payees.rows(one)
    for _, more in ipairs { { label = "应缴金额", value = "¥" .. money.yuan(one.fen) }, { label = "提交时间", value = time.text(one.at) },
        { label = "备注", value = one.note ~= "" and one.note or nil } } do
        rows[#rows + 1] = more
    end
    return shell.send(req, status, "staff/voucher", user, { title = "核对缴费凭证", voucher = one, at = time.text(one.at),
        picture = "/staff/cashier/voucher/" .. one.key .. "/picture", waiting = one.state == "waiting",
        rows = rows, fields = { reference, yuan_field(one.fen) }, values = opts.values or {}, errors = opts.errors or {}, messages = form.by_field(opts.errors or {}),
        refuse = { { id = "reason", type = "select", label = "未通过的原因", options = shell.options(live.rules(), "lists.voucher_reasons") },
            { id = "words", type = "text", label = "补充说明", max = 100 } } })
end

http.get("/staff/cashier/voucher/{key}", guard.staff({ "cashier" }, function(req, user)
    return voucher_page(req, 200, user, voucher.get(user, req:param("key")), {})
end), { staff = true, no_store = true })

http.get("/staff/cashier/voucher/{key}/picture", guard.staff({ "cashier" }, function(req, user)
    local one = voucher.get(user, req:param("key"))
    return req:blob { blob = one.blob, kind = one.kind, data_key = store.get("case", one.case).data_key, filename = "voucher", inline = true }
end), { staff = true })

-- "260.5" -> 26050
local function fen_of(yuan)
    local whole, part = string.match(yuan, "^(%d+)%.?(%d*)$")
    return tonumber(whole) * 100 + tonumber(string.sub(part .. "00", 1, 2))
end

local function confirm(req, user, one)
    local fields = { reference, yuan_field(one.fen) }
    local clean, errors = form.check(fields, form.read(fields, req))
    if #errors > 0 then
        return voucher_page(req, 422, user, one, { values = clean, errors = errors })
    end
    local status, sentence = shell.try(function()
        return voucher.confirm(user, one.key, clean.reference, math.tointeger(fen_of(clean.yuan)))
    end)
    if status then
        return voucher_page(req, status, user, one, { values = clean, errors = { { field = "reference", message = sentence } } })
    end
    return req:redirect("/staff/cashier")
end

local function refuse(req, user, one)
    local status, sentence = shell.try(function()
        voucher.refuse(user, one.key, shell.reason(live.rules(), "lists.voucher_reasons", req:field("reason"), req:field("words")))
    end)
    if status then
        return voucher_page(req, status, user, one, { values = { words = req:field("words") }, errors = { { field = "reason", message = sentence } } })
    end
    return req:redirect("/staff/cashier")
end

http.post("/staff/cashier/voucher/{key}", guard.staff({ "cashier" }, function(req, user)
    csrf.check(req)
    local one = voucher.get(user, req:param("key"))
    return (req:field("act") == "refuse" and refuse or confirm)(req, user, one)
end), { staff = true })

-- One receipt that fits nothing -----------------------------------------------------------------------------------------

local apply_field = { id = "number", type = "reference", label = "业务受理号", hint = "该申请的待付订单金额须与这笔款项相同", required = true }
local why_field = { id = "why", type = "text", label = "退款原因", max = 100, required = true }

local function receipt_page(req, status, user, key, opts)
    local one = store.is_key(key) and store.get("receipt", key) or fail("E_NOT_FOUND", "没有这笔收款")
    return shell.send(req, status, "staff/receipt", user, { title = "处理未入账款项", key = key, open = one.unapplied > 0,
        rows = { { label = "交易号", value = one.trade_no }, { label = "金额", value = "¥" .. money.yuan(one.fen) },
            { label = "未入账", value = "¥" .. money.yuan(one.unapplied) }, { label = "付款方", value = one.payer ~= "" and one.payer or nil },
            { label = "到账时间", value = time.text(one.paid) } },
        apply = { apply_field }, refund = { why_field }, values = opts.values or {}, errors = opts.errors or {},
        messages = form.by_field(opts.errors or {}) })
end

http.get("/staff/cashier/receipt/{key}", guard.staff(ROLES, function(req, user)
    return receipt_page(req, 200, user, req:param("key"), {})
end), { staff = true, no_store = true })

http.post("/staff/cashier/receipt/{key}", guard.staff(ROLES, function(req, user)
    csrf.check(req)
    local key, give_back = req:param("key"), req:field("act") == "refund"
    local status, sentence = shell.try(function()
        if give_back then
            return cashier.refund(user, key, req:field("why"))
        end
        return cashier.apply(user, key, req:field("number"))
    end)
    if status then
        return receipt_page(req, status, user, key, { values = { number = req:field("number"), why = req:field("why") },
            errors = { { field = give_back and "why" or "number", message = sentence } } })
    end
    return req:redirect("/staff/cashier")
end), { staff = true })

-- A refund by bank ------------------------------------------------------------------------------------------------------

local function refund_page(req, status, user, values, errors)
    local key = req:param("key")
    local one = store.is_key(key) and store.get("refund", key) or fail("E_NOT_FOUND", "没有这笔退款")
    return shell.send(req, status, "staff/refund", user, { title = "登记银行退款", key = key, fields = { reference }, values = values,
        messages = form.by_field(errors), errors = errors, rows = { { label = "退款金额", value = "¥" .. money.yuan(one.fen) }, { label = "原因", value = why_of(one) } } })
end

http.get("/staff/cashier/refund/{key}", guard.staff({ "cashier" }, function(req, user)
    return refund_page(req, 200, user, {}, {})
end), { staff = true, no_store = true })

http.post("/staff/cashier/refund/{key}", guard.staff({ "cashier" }, function(req, user)
    csrf.check(req)
    local clean, errors = form.check({ reference }, form.read({ reference }, req))
    if #errors > 0 then
        return refund_page(req, 422, user, clean, errors)
    end
    cashier.transferred(user, req:param("key"), clean.reference)
    return req:redirect("/staff/cashier")
end), { staff = true })

