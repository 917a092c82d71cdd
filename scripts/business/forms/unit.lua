-- SPDX-License-Identifier: Apache-2.0
-- unit: the application form for a unit certificate (C25: five pages; `check` sections show all answers).
return form "unit" {
    title = "单位证书制作申请表",
    submit = "提交数据",
    sections = {
        { id = "unit", title = "单位信息", heading = "申请单位信息", fields = {
            { id = "user_name", type = "user_name", label = "用户名", required = true, max = 12, propose = "unit_phone",
                hint = "不超过 12 位字母数字组合，不可重名，可以是电话号码或单位的简拼；一个用户名对应一个证书",
                autocomplete = "off", feeds = { "print" } },
            { id = "unit_name", type = "text", label = "单位名称", required = true, min = 2, max = 64,
                hint = "与单位证件上的名称完全相符", autocomplete = "organization", feeds = { "print" } },
            { id = "unit_phone", type = "tel", label = "单位联系电话", required = true, autocomplete = "tel", feeds = { "print" } },
            { id = "unit_email", type = "email", label = "单位邮箱地址", required = true, autocomplete = "email",
                hint = "证书下载授权码将发送到这个邮箱", feeds = { "print" } },
            { id = "unit_fax", type = "tel", label = "单位传真", feeds = { "print" } },
            { part = "address", prefix = "unit_", set = { region = { label = "单位通讯地址" },
                address = { label = "单位详细地址" }, postcode = { label = "单位邮政编码" } } },
            { id = "unit_document_type", type = "radio", label = "单位证件类型", required = true,
                options_from = "lists.unit_documents", default = "uscc", feeds = { "print" } },
            { id = "unit_document_no", type = "document", label = "单位证件号码", required = true, max = 30,
                document_of = "unit_document_type", kind_of = "lists.unit_kinds", feeds = { "print" } },
            { id = "licence_no", type = "text", label = "工商营业执照号", max = 20, pattern = "[0-9A-Za-z]{13,18}", compact = true,
                message = "工商营业执照号应为 13 至 18 位数字或字母", required_when = { unit_document_type = "orgcode" },
                derive = { from = "unit_document_no", when = { unit_document_type = "uscc" } }, feeds = { "print" } },
            { id = "tax_no", type = "text", label = "税务登记证号", max = 20, pattern = "[0-9A-Za-z]{15,20}", compact = true,
                message = "税务登记证号应为 15 至 20 位数字或字母", required_when = { unit_document_type = "orgcode" },
                derive = { from = "unit_document_no", when = { unit_document_type = "uscc" } }, feeds = { "print" } },
        } },
        { id = "handler", title = "经办人信息", fields = {
            { part = "handler", prefix = "handler_", set = { name = { feeds = { "print", "identity" } },
                document_type = { feeds = { "print", "identity" } }, document_no = { feeds = { "print", "identity" } } } },
        } },
        { id = "terms", title = "年限、签章与价格", heading = "证书价格", prices = true, fields = {
            { part = "years" },
        } },
        { id = "medium", title = "验证问题与介质", heading = "验证问题提示", fields = {
            { part = "question" },
            { part = "medium" },
        } },
        { id = "check", title = "核对并提交", check = true, fields = {} },
    },
}
