-- SPDX-License-Identifier: Apache-2.0
-- invoice: to whom the electronic invoice is made out; open until the order is paid (S183).
return form "invoice" {
    title = "电子发票信息",
    submit = "保存",
    sections = {
        { id = "invoice", title = "电子发票信息", fields = {
            { id = "invoice_type", type = "radio", label = "发票类型", required = true, options_from = "lists.invoice_types",
                default = "normal" },
            { id = "invoice_title", type = "text", label = "发票抬头", required = true, min = 2, max = 100, prefill = "@unit" },
            { id = "invoice_tax_no", type = "text", label = "纳税人识别号", max = 20, pattern = "[0-9A-Z]{15,20}", compact = true,
                message = "纳税人识别号应为 15 至 20 位数字或大写字母", prefill = "tax_no" },
            { id = "invoice_email", type = "email", label = "接收邮箱", required = true, autocomplete = "email",
                prefill = "handler_email" },
        } },
    },
}
