-- SPDX-License-Identifier: Apache-2.0
-- authorization: page 3: the unit's power of attorney.
return {
    title = "单位授权委托书", size = "A4", needs = { "number" },
    header = { left = "{site.ca.name}", right = "业务受理号：{number|grouped}" },
    blocks = {
        { block = "heading", text = "单位授权委托书" },
        { block = "paragraph", text = "{site.ca.company}：" },
        { block = "paragraph", when = { kind = "unit_issue" },
            text = "兹授权{values.handler_name}（{values.handler_document_type}号码：{values.handler_document_no}）代表本单位{values.unit_name}"
                .. "（证件号码：{values.unit_document_no}）办理数字证书的申请、领取等事宜，用户名：{values.user_name}。" },
        { block = "paragraph", when = { kind = "personal_issue" },
            text = "兹授权{values.handler_name}（{values.handler_document_type}号码：{values.handler_document_no}）代表本单位{values.work_unit}，"
                .. "为{values.applicant_name}（{values.applicant_document_type}号码：{values.applicant_document_no}）办理数字证书的申请、领取等事宜，"
                .. "用户名：{values.user_name}。" },
        { block = "paragraph", text = "被授权人在办理上述事宜过程中签署的文件，本单位均予以承认，并承担相应的法律责任。" },
        { block = "paragraph", text = "本授权自签署之日起六个月内有效，被授权人无权转委托。" },
        { block = "space", lines = 2 },
        { block = "sign", boxes = { { label = "被授权人签字", kind = "sign" }, { label = "法定代表人（负责人）签字", kind = "sign" },
            { label = "单位公章", kind = "stamp" } }, date = true },
    },
}
