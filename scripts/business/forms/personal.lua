-- SPDX-License-Identifier: Apache-2.0
-- personal: the application form for a personal certificate. The applicant is whose face is checked (C30).
return form "personal" {
    title = "个人证书制作申请表",
    submit = "提交证书申请",
    sections = {
        { id = "applicant", title = "申请人信息", heading = "一、申请人信息", fields = {
            { id = "applicant_name", type = "name", label = "申请人姓名", required = true, max = 50, autocomplete = "name",
                hint = "与身份证件上的姓名一致", feeds = { "print", "identity" } },
            { id = "user_name", type = "user_name", label = "用户名", required = true, max = 12, propose = "applicant_mobile",
                hint = "不超过 12 位字母或数字组合，不可重名，可以是手机号或姓名简拼；一个用户名对应一个证书",
                autocomplete = "off", feeds = { "print" } },
            { id = "applicant_document_type", type = "radio", label = "申请人证件类型", required = true,
                options_from = "lists.person_documents", default = "idcard", feeds = { "print", "identity" } },
            { id = "applicant_document_no", type = "document", label = "申请人证件号码", required = true, max = 30,
                document_of = "applicant_document_type", hint = "18 位号码，最后一位可以是 X", mask = true,
                feeds = { "print", "identity" } },
            { id = "sex", type = "radio", label = "性别", required = true, options_from = "lists.sexes",
                derive = { from = "applicant_document_no", part = "sex", when = { applicant_document_type = "idcard" } },
                feeds = { "print" } },
            { id = "work_unit", type = "text", label = "您的工作单位", required = true, min = 2, max = 64,
                hint = "与单位证件上的名称完全相符", autocomplete = "organization", feeds = { "print" } },
            { id = "department", type = "text", label = "您的工作部门", required = true, max = 64, feeds = { "print" } },
            { id = "applicant_email", type = "email", label = "您的邮箱地址", required = true, autocomplete = "email",
                hint = "证书下载授权码将发送到这个邮箱", feeds = { "print" } },
            { id = "applicant_phone", type = "tel", label = "您的联系电话", required = true, autocomplete = "tel", feeds = { "print" } },
            { id = "applicant_mobile", type = "mobile", label = "您的移动电话", required = true, autocomplete = "tel",
                hint = "用于接收短信和身份识别", feeds = { "print" } },
            { part = "address", prefix = "applicant_" },
        } },
        { id = "handler", title = "经办人信息", heading = "二、经办人信息", fields = {
            { id = "handler_same", type = "radio", label = "经办人是否就是申请人？", required = true,
                options = { { value = "yes", label = "与申请人相同" }, { value = "no", label = "另有经办人" } } },
            { part = "handler", prefix = "handler_", set = {
                name = { derive = { from = "applicant_name", when = { handler_same = "yes" } } },
                phone = { derive = { from = "applicant_mobile", when = { handler_same = "yes" } } },
                email = { derive = { from = "applicant_email", when = { handler_same = "yes" } } },
                document_type = { label = "有效证件类型", derive = { from = "applicant_document_type", when = { handler_same = "yes" } } },
                document_no = { label = "有效证件号码", derive = { from = "applicant_document_no", when = { handler_same = "yes" } } } } },
        } },
        { id = "terms", title = "年限、签章与价格", heading = "三、证书价格", prices = true, fields = {
            { part = "years" },
            { id = "signature", type = "radio", label = "是否办理电子签名？", required = true, options_from = "lists.yes_no",
                hint = "办理的，需要提交签名印模", feeds = { "print", "price" } },
        } },
        { id = "medium", title = "验证问题与介质", heading = "四、验证问题提示", fields = {
            { part = "question" },
            { part = "medium" },
        } },
        { id = "check", title = "核对并提交", check = true, fields = {} },
    },
}
