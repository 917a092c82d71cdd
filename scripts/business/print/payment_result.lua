-- SPDX-License-Identifier: Apache-2.0
-- payment_result: what was paid, for the applicant's files.
return {
    title = "证书缴费结果", size = "A4",
    needs = { "number", "method", "transaction", "total", "order_name", "payer", "paid_at", "lines" },
    header = { left = "{site.ca.name}", right = "业务受理号：{number|grouped}" },
    blocks = {
        { block = "heading", text = "证书缴费结果" },
        { block = "pairs", rows = {
            { "支付方式", "{method}" }, { "交易号", "{transaction}" }, { "总金额", "¥{total|yuan}（{total|capitals}）" },
            { "业务号", "{number|grouped}" }, { "订单名称", "{order_name}" }, { "付款账号", "{payer}" }, { "交易时间", "{paid_at}" },
            { "交易状态", "交易成功" } } },
        { block = "prices" },
        { block = "paragraph", text = "收款方：{site.bank.holder}" },
    },
}
