-- SPDX-License-Identifier: Apache-2.0
-- unit_form: page 1 of what is signed and stamped: the business form for a unit certificate.
-- Blocks: heading, paragraph, list, pairs, section (all printed fields of a section of the form), choice, prices, sign, qr,
-- articles, space. Texts take {facts}; values.x is the field as it is shown.
return {
    title = "单位数字证书业务受理表", size = "A4", needs = { "number", "created", "link" },
    header = { left = "{site.ca.name}", right = "单位证书受理：{number|grouped}" },
    blocks = {
        { block = "heading", text = "单位数字证书业务受理表" },
        { block = "paragraph", text = "业务受理号：{site.ca.mark}-{number}", align = "right" },
        { block = "list", title = "客户须知：", items = {
            "请核对打印内容；需手写之处用钢笔或圆珠笔如实、准确、完整地填写，涂改无效。",
            "办理机构证书时，需提交单位盖章的本表、单位有效证件、单位授权委托书和经办人有效证件。",
            "快递办理的打印一份；现场办理的一式两份，客户及证书受理点各执一份。" } },
        { block = "section", section = "unit", title = "一、申请单位资料" },
        { block = "section", section = "handler", title = "二、经办人资料" },
        { block = "section", section = "terms", title = "三、证书年限" },
        { block = "choice", field = "medium", title = "证书介质" },
        { block = "choice", field = "seal", title = "电子签章" },
        { block = "paragraph", text = "本单位承诺以上信息真实有效，已阅读并同意《{site.ca.name}电子认证服务协议》。" },
        { block = "sign", boxes = { { label = "经办人签字", kind = "sign" }, { label = "单位公章", kind = "stamp" } }, date = true },
        { block = "sign", title = "受理点填写", boxes = { { label = "受理人", kind = "sign" }, { label = "受理点章", kind = "stamp" } }, date = true },
        { block = "qr", text = "{link}", caption = "扫码查看办理进度" },
    },
}
