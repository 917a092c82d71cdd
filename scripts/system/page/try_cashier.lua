-- SPDX-License-Identifier: Apache-2.0
-- try cashier: the payment company of try-it mode: its page, and the address that notices come to.
local csrf = use "lib/csrf"
local money = use "lib/money"
local page = use "lib/page"
local payment = use "system/service/payment"
local try = use "system/gateway/pay_try"

local WORDS = { paid = "付款成功", closed = "订单已关闭，不能付款" }

local field = { id = "habit", type = "radio", label = "这次付款的结果", required = true, options = try.habits }

local function trade_of(req)
    local out_no = req:param("out_no")
    return out_no, try.trade(out_no) or fail("E_NOT_FOUND", "没有这笔交易")
end

local function show(req, out_no, trade)
    return page.send_form(req, 200, "try/cashier", {
        title = "试用收银台", crumbs = { { label = "试用收银台" } }, out_no = out_no, back = trade.back, fields = { field }, values = { habit = "fine" },
        waiting = trade.state == "waiting", paid = trade.state == "paid", word = WORDS[trade.state],
        qr = trade.state == "waiting" and qr.svg(config.public_url .. "/try/cashier/" .. out_no, "扫码付款") or nil,
        rows = { { label = "收款方", value = "试用商户" }, { label = "订单名称", value = trade.title },
            { label = "金额", value = "¥" .. money.yuan(trade.fen) }, { label = "商户订单号", value = out_no } },
    })
end

if config.try_mode == true then
    http.get("/try/cashier/{out_no}", function(req)
        return show(req, trade_of(req))
    end, { no_store = true })

    http.post("/try/cashier/{out_no}", function(req)
        csrf.check(req)
        local out_no, trade = trade_of(req)
        try.pay(out_no, req:field("habit"))
        return req:redirect(trade.back)
    end)

    -- As the payment company of real life calls: no session, raw bytes, answered in its own word.
    http.post("/notify/try", function(req)
        if payment.receive("try", req:body(), {}) then
            return req:text(200, "success")
        end
        return req:text(400, "failure")
    end, { body = "memory", webhook = true })
end
