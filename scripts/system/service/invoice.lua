-- SPDX-License-Identifier: Apache-2.0
-- invoice: to whom the electronic invoice is made out (S183): proposed from the application, open until the order is paid.
local order = use "system/service/order"
local own = use "system/service/own"
local live = use "system/service/live"
local flow = use "system/service/flow"

local invoice = {}

-- invoice.allowed(row, tx or nil): whether it may be changed: true, or false and a sentence.
function invoice.allowed(row, tx)
    local frozen = order.of(row, tx)
    if frozen and frozen.state == "paid" then
        return false, "费用已支付，发票信息不能再修改；如需更正，请联系客服"
    elseif not row.submitted then
        return false, "申请提交后才能填写发票信息"
    end
    return true
end

-- invoice.values(row, b) -> the kept values, or what is proposed
function invoice.values(row, b)
    local values = b:defaults(row.kind, "invoice", row.values)
    for name, value in pairs(row.invoice) do
        values[name] = value
    end
    return values
end

-- invoice.sheet(row, b, values) -> { title, fields, values } as part/form draws them
function invoice.sheet(row, b, values)
    values = values or invoice.values(row, b)
    local section = b:sections(row.kind, values, { which = "invoice" })[1]
    return { title = section.title, fields = section.fields, values = values }
end

-- Rows of a summary for the payment page.
function invoice.shown(row, b)
    local rows, allowed = {}, invoice.allowed(row)
    for _, field in ipairs(invoice.sheet(row, b).fields) do
        rows[#rows + 1] = { label = field.label, value = field.text ~= "" and field.text or nil,
            href = allowed and "/case/" .. row.key .. "/invoice#" .. field.id or nil }
    end
    return rows
end

-- invoice.save(user, key, values) -> nil, or the errors
function invoice.save(user, key, values)
    return store.tx(function(tx)
        local row = own.lock(tx, user, key)
        local ok, sentence = invoice.allowed(row, tx)
        if not ok then
            fail("E_CONFLICT", sentence)
        end
        local clean, errors = live.rules_of(row):check(row.kind, values, { which = "invoice", today = time.date(tx:now()) })
        if #errors > 0 then
            return errors
        end
        row.invoice = clean
        flow.put(tx, row)
        tx:append("audit", key, { event = "invoice.saved", by = user.account })
        return nil
    end)
end

return invoice
