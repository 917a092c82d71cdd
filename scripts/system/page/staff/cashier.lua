-- SPDX-License-Identifier: Apache-2.0
-- cashier pages: one voucher, one receipt that fits nothing, one refund by bank.
local cashier = use "system/service/cashier"
local csrf = use "lib/csrf"
local form = use "lib/form"
local guard = use "system/service/guard"
local live = use "system/service/live"
local money = use "lib/money"
local payees = use "system/page/staff/payees"
local refund_words = use "lib/refund_words"
local shell = use "system/page/staff/shell"
local voucher = use "system/service/voucher"

local ROLES = { "cashier", "officer" }

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
        messages = form.by_field(errors), errors = errors, rows = { { label = "退款金额", value = "¥" .. money.yuan(one.fen) }, { label = "原因", value = refund_words.why(one) } } })
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

