-- SPDX-License-Identifier: Apache-2.0
-- guides: what is shown before an application starts (办事指南). Materials, price and steps come from the rules themselves,
-- asked with the answers of a typical case:
--   typical   answers of the usual applicant
--   more      cases that need more: { text, values = answers that differ from the typical ones }
local common_time = "网上提交后 2 个工作日内完成审核。软证书审核通过后即可下载；申请 UKey 的，收到纸质材料后寄出。"
local common_basis = { "《中华人民共和国电子签名法》", "《电子认证服务管理办法》", "《{site.ca.cps}》" }
local seal = { text = "同时办理电子签章的，另需", values = { seal = "yes" } }

return {
    unit_issue = {
        title = "单位证书办事指南",
        summary = "企业、事业单位、机关、社会组织和个体工商户，用于以单位名义登录业务系统和电子签章。",
        condition = "依法登记的企业、事业单位、机关、社会组织和个体工商户。",
        time = common_time,
        basis = common_basis,
        typical = { unit_document_type = "uscc", seal = "no", medium = "ukey", years = "1" },
        more = { { text = "尚未换发统一社会信用代码证照的单位，另需", values = { unit_document_type = "orgcode" } }, seal },
        notes = { "单位名称必须与单位证件完全一致。", "经办人须本人完成身份识别。", "验证问题的答案请牢记，办理更新等业务时会用到。" },
    },
    personal_issue = {
        title = "个人证书办事指南",
        summary = "从业人员本人使用，用于以个人名义登录业务系统和电子签名；可以由单位经办人代办。",
        condition = "持有效居民身份证件，并由所在单位授权办理的个人。",
        time = common_time,
        basis = common_basis,
        typical = { seal = "no", signature = "no", handler_same = "no", medium = "ukey", years = "1" },
        more = { seal, { text = "同时办理电子签名的，另需", values = { signature = "yes" } } },
        notes = { "申请人须本人完成身份识别；由他人代办的，系统会向申请人手机发送识别链接。", "验证问题的答案请牢记，办理更新等业务时会用到。" },
    },
}
