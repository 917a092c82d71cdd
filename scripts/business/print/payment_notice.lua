-- SPDX-License-Identifier: Apache-2.0
-- payment_notice: what the finance department needs for a transfer (缴费单).
return {
    title = "缴费单", size = "A4", needs = { "number", "total", "order_name", "until", "lines" },
    header = { left = "{site.ca.name}", right = "业务受理号：{number|grouped}" },
    blocks = {
        { block = "heading", text = "数字证书缴费单" },
        { block = "pairs", rows = {
            { "户名", "{site.bank.holder}" }, { "账号", "{site.bank.number}" }, { "开户行", "{site.bank.bank}" },
            { "金额", "¥{total|yuan}" }, { "金额（大写）", "{total|capitals}" }, { "附言（必填）", "{number}" },
            { "项目", "{order_name}" }, { "报价有效期至", "{until|date}" } } },
        { block = "prices" },
        { block = "paragraph", text = "请务必在附言中填写业务受理号，以便核对款项。转账后请在用户中心上传缴费凭证。" },
        { block = "paragraph", text = "咨询电话：{site.post.phone}" },
    },
}
