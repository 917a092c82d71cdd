-- SPDX-License-Identifier: Apache-2.0
-- parts: groups of fields that forms share. A form puts { part, prefix, set }: ids and the names in tests get the prefix,
-- `set` replaces single properties of a field.
return {
    handler = {
        { id = "name", type = "name", label = "经办人姓名", required = true, max = 50, autocomplete = "name",
            hint = "与身份证件上的姓名一致", feeds = { "print" } },
        { id = "phone", type = "mobile", label = "经办人联系电话", required = true, autocomplete = "tel",
            hint = "请务必准确可用，用于接收业务办理状态的短信通知", feeds = { "print" } },
        { id = "email", type = "email", label = "经办人E-Mail", required = true, autocomplete = "email",
            hint = "请务必准确可用，用于接收电子发票", feeds = { "print" } },
        { id = "document_type", type = "radio", label = "经办人证件类型", required = true,
            options_from = "lists.person_documents", default = "idcard", feeds = { "print" } },
        { id = "document_no", type = "document", label = "经办人证件号码", required = true, max = 30,
            document_of = "document_type", hint = "18 位号码，最后一位可以是 X", mask = true, feeds = { "print" } },
    },

    address = {
        { id = "region", type = "region", label = "通讯地址", required = true, levels = 3, feeds = { "print" } },
        { id = "address", type = "text", label = "详细地址", required = true, min = 4, max = 120,
            autocomplete = "address-line1", hint = "街道、门牌号、楼层和房间", feeds = { "print" } },
        { id = "postcode", type = "postcode", label = "邮政编码", required = true, autocomplete = "postal-code",
            feeds = { "print" } },
    },

    years = {
        { id = "years", type = "radio", label = "证书申请年限", required = true, options_from = "prices.years", default = "1",
            hint = "证书有效期是多久？", feeds = { "print", "price" } },
        { id = "expiry", type = "readonly", label = "证书到期时间", derive = { years = "years" },
            hint = "按今天估算，实际从签发之日起计算" },
        { id = "seal", type = "radio", label = "是否同时办理电子签章？", required = true, options_from = "lists.yes_no",
            hint = "办理的，需要提交签章印模", feeds = { "print", "price" } },
    },

    question = {
        { id = "question", type = "select", label = "您的验证问题提示", required = true, options_from = "lists.questions",
            default = "person" },
        { id = "answer", type = "text", label = "您的验证答案", required = true, max = 50, secret = true,
            hint = "请牢记，办理证书更新等后续业务时会用到", link = { label = "忘记验证答案？", href = "/guides/answer" } },
    },

    medium = {
        { id = "medium", type = "radio", label = "证书介质", required = true, options_from = "templates.media", default = "ukey",
            feeds = { "print", "price" } },
    },
}
