-- SPDX-License-Identifier: Apache-2.0
-- guides: what is shown before an application starts (办事指南). Materials, price and steps come from the rules themselves.
local common_time = "网上提交后 2 个工作日内完成审核；收到纸质材料后寄出 UKey。"

return {
    unit_issue = {
        title = "单位证书办事指南",
        condition = "依法登记的企业、事业单位、机关、社会组织和个体工商户。",
        time = common_time,
        notes = { "单位名称必须与单位证件完全一致。", "经办人须本人完成身份识别。", "验证问题的答案请牢记，办理更新等业务时会用到。" },
    },
    personal_issue = {
        title = "个人证书办事指南",
        condition = "持有效居民身份证件，并由所在单位授权办理的个人。",
        time = common_time,
        notes = { "申请人须本人完成身份识别；由他人代办的，系统会向申请人手机发送识别链接。", "验证问题的答案请牢记，办理更新等业务时会用到。" },
    },
}
