-- SPDX-License-Identifier: Apache-2.0
-- delivery: how the certificate is handed over (证书申请确认, S137). Nothing is asked for a soft certificate (C11): the
-- fact `medium` comes from the application.
return form "delivery" {
    title = "证书领取方式确认",
    submit = "下一步（打印）",
    needs = { "medium" },
    sections = {
        { id = "delivery", title = "证书领取方式确认", fields = {
            { id = "delivery", type = "radio", label = "证书领取方式", required = true, options_from = "lists.deliveries",
                default = "courier", visible_when = { medium = "ukey" } },
            { id = "point", type = "radio", label = "数字证书受理点", required = true, options_from = "site.points",
                visible_when = { medium = "ukey", delivery = "onsite" } },
            { id = "receiver_name", type = "name", label = "收货姓名", required = true, autocomplete = "name",
                visible_when = { medium = "ukey", delivery = "courier" }, prefill = "handler_name" },
            { id = "receiver_phone", type = "tel", label = "电话号码", required = true, autocomplete = "tel",
                visible_when = { medium = "ukey", delivery = "courier" }, prefill = "handler_phone" },
            { id = "receiver_region", type = "region", label = "收货地区", required = true, levels = 3,
                visible_when = { medium = "ukey", delivery = "courier" }, prefill = "@region" },
            { id = "receiver_address", type = "text", label = "收货地址", required = true, min = 4, max = 120,
                autocomplete = "address-line1", visible_when = { medium = "ukey", delivery = "courier" }, prefill = "@address" },
        } },
    },
}
