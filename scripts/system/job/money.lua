-- SPDX-License-Identifier: Apache-2.0
-- money jobs: closing at the gateways, asking them, giving back, making out invoices; and the notices of the try-it cashier.
local cashier = use "system/service/cashier"
local invoice_made = use "system/service/invoice_made"
local payment = use "system/service/payment"
local try = use "system/gateway/pay_try"

job.on("order.close", function(args, info)
    payment.close_job(args, info.id)
end)

job.on("order.query", function(args, info)
    payment.query_job(args, info.id)
end)

job.on("refund.send", function(args, info)
    cashier.refund_job(args, info.id)
end)

job.on("invoice.make", function(args, info)
    invoice_made.job(args, info.id)
end)

job.on("try.notify", function(args, info)
    local trade = try.trade(args.out_no)
    if trade and trade.state == "paid" then
        payment.receive("try", try.notification(args.out_no, trade), {})
    end
    store.tx(function(tx)
        tx:finish(info.id)
    end)
end)
