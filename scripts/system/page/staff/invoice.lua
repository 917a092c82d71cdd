-- SPDX-License-Identifier: Apache-2.0
-- invoice page: the cashier registers an invoice that was made out elsewhere; it is mailed at once.
local csrf = use "lib/csrf"
local form = use "lib/form"
local guard = use "system/service/guard"
local invoice_made = use "system/service/invoice_made"
local money = use "lib/money"
local own = use "system/service/own"
local shell = use "system/page/staff/shell"

local CASHIER = { "cashier" }

local fields = {
    { id = "invoice_no", type = "text", label = "发票号码", required = true, max = 20, compact = true },
    { id = "link", type = "text", label = "下载地址", required = true, max = 500, hint = "发票平台给出的地址，以 https:// 开头" },
}

local function show(req, status, user, row, opts)
    local ask, back = invoice_made.asked(row), "/staff/cashier/find?number=" .. row.number
    return shell.send(req, status, "staff/invoice", user, { title = "登记电子发票", refused = opts.refused, errors = opts.errors or {},
        messages = form.by_field(opts.errors or {}), fields = fields, values = opts.values or {}, action = "/staff/cashier/invoice/" .. row.key, back_to = back,
        rows = { { label = "业务受理号", value = row.number }, { label = "发票抬头", value = ask.title }, { label = "纳税人识别号", value = ask.tax_no ~= "" and ask.tax_no or nil },
            { label = "金额", value = "¥" .. money.yuan(ask.fen) }, { label = "接收邮箱", value = ask.email } } })
end

http.get("/staff/cashier/invoice/{key}", guard.staff(CASHIER, function(req, user)
    return show(req, 200, user, own.for_staff(user, req:param("key"), CASHIER), {})
end), { staff = true, no_store = true })

http.post("/staff/cashier/invoice/{key}", guard.staff(CASHIER, function(req, user)
    csrf.check(req)
    local row = own.for_staff(user, req:param("key"), CASHIER)
    local values = { invoice_no = text.trim(req:field("invoice_no") or ""), link = text.trim(req:field("link") or "") }
    local status, sentence, errors = shell.try(function()
        return invoice_made.register(user, row, { number = values.invoice_no, link = values.link })
    end)
    if status or errors then
        return show(req, status or 422, user, row, { values = values, errors = errors, refused = sentence })
    end
    return req:redirect("/staff/cashier/find?number=" .. row.number)
end), { staff = true })
