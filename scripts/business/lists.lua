-- SPDX-License-Identifier: Apache-2.0
-- lists: what forms and staff choose from. What stands in `value` is stored: it never changes its meaning; `label` is shown.
-- A document type names the field type that judges its number (idcard, uscc, orgcode), or has type = "text" with a pattern
-- and the message for a number that does not fit: pattern = "[EG][0-9]{8}", message = "护照号码应为 E 或 G 加 8 位数字"
return {
    business_types = {
        { value = "issue", label = "制作" }, { value = "renew", label = "更新" }, { value = "change", label = "变更" },
        { value = "reissue", label = "补办" }, { value = "freeze", label = "冻结" }, { value = "unfreeze", label = "解冻" },
        { value = "revoke", label = "撤销" }, { value = "recover", label = "密钥恢复" },
    },

    certificate_types = {
        { value = "unit", label = "单位证书" }, { value = "person", label = "个人证书" },
    },

    unit_documents = {
        { value = "uscc", label = "统一社会信用代码", type = "uscc" },
        { value = "orgcode", label = "组织机构代码（未换发新照的单位）", type = "orgcode" },
    },

    person_documents = {
        { value = "idcard", label = "居民身份证", type = "idcard" },
    },

    -- What the first two characters of a credit code say about its owner (GB 32100).
    unit_kinds = {
        { value = "enterprise", label = "企业", prefixes = { "91" } },
        { value = "household", label = "个体工商户", prefixes = { "92" } },
        { value = "cooperative", label = "农民专业合作社", prefixes = { "93" } },
        { value = "agency", label = "机关", prefixes = { "11" } },
        { value = "institution", label = "事业单位", prefixes = { "12" } },
        { value = "society", label = "社会组织", prefixes = { "51", "52", "53", "59" } },
        { value = "union", label = "工会", prefixes = { "81" } },
    },

    yes_no = { { value = "yes", label = "办理" }, { value = "no", label = "不办理" } },

    sexes = { { value = "male", label = "男" }, { value = "female", label = "女" } },

    deliveries = { { value = "courier", label = "快递邮寄" }, { value = "onsite", label = "现场领取" } },

    questions = {
        { value = "person", label = "您的一生最重要的人是谁？" },
        { value = "teacher", label = "您印象最深的老师叫什么名字？" },
        { value = "school", label = "您就读的第一所学校叫什么？" },
        { value = "city", label = "您第一次独自旅行去了哪个城市？" },
        { value = "book", label = "您最喜欢的一本书是什么？" },
    },

    -- What reviewers pick when they return an item; the text is what the applicant reads, so each says what to do.
    return_reasons = {
        { value = "blurred", label = "图片模糊", on = "material", text = "图片不清晰，请在光线充足处重新扫描或拍照" },
        { value = "no_stamp", label = "未加盖公章", on = "material", text = "未加盖单位公章，请盖章后重新扫描上传" },
        { value = "no_signature", label = "未签字", on = "material", text = "经办人未签字，请签字后重新扫描上传" },
        { value = "one_side", label = "证件缺面", on = "material", text = "身份证正反面应复印在同一张 A4 纸上，请补齐" },
        { value = "expired", label = "证件过期", on = "material", text = "证件已超过有效期，请上传有效证件" },
        { value = "other_paper", label = "材料不符", on = "material", text = "上传的不是这项材料，请核对后重新上传" },
        { value = "cut", label = "图片不完整", on = "material", text = "图片缺边或被遮挡，请完整上传四个角" },
        { value = "not_300dpi", label = "印模精度不足", on = "material", text = "印模不是 300DPI 扫描件，请用扫描仪按 300DPI 重新扫描" },
        { value = "old_print", label = "受理表内容已变", on = "material", text = "纸质表与系统信息不一致，请重新打印、签章后上传" },
        { value = "name_differs", label = "名称不一致", on = "field", text = "与证件上的名称不一致，请按证件填写" },
        { value = "number_differs", label = "号码不一致", on = "field", text = "与证件上的号码不一致，请按证件填写" },
        { value = "unreachable", label = "电话无法接通", on = "field", text = "电话无法接通，请更正联系电话" },
        { value = "address", label = "地址不完整", on = "field", text = "地址不完整，请补充到门牌号" },
    },

    refuse_reasons = {
        { value = "forged", label = "材料不实", text = "提交的材料与登记机关信息不符" },
        { value = "deregistered", label = "单位已注销", text = "单位已注销或吊销，不能办理数字证书" },
        { value = "no_right", label = "无权办理", text = "经办人未获得单位授权" },
        { value = "duplicate", label = "重复申请", text = "该用户名下已有有效证书，请办理更新或补办" },
        { value = "withdrawn", label = "应申请人要求", text = "应申请人要求终止办理" },
    },

    -- Why a certificate is revoked; code: the reason of RFC 5280 that stands in the revocation list.
    revoke_reasons = {
        { value = "lost", label = "介质或证书文件遗失", code = 1 },
        { value = "exposed", label = "密钥或密码可能已被他人知道", code = 1 },
        { value = "changed", label = "单位或个人信息已变更", code = 3 },
        { value = "replaced", label = "已更换新证书", code = 4 },
        { value = "unused", label = "不再使用", code = 5 },
    },

    voucher_reasons = {
        { value = "amount", label = "金额不符", text = "转账金额与应缴金额不一致" },
        { value = "not_arrived", label = "款项未到账", text = "尚未查到这笔款项，请核对收款账号或稍后再提交" },
        { value = "unreadable", label = "凭证不清", text = "凭证图片不清晰，请重新上传" },
        { value = "used", label = "凭证已使用", text = "这张凭证已用于其他申请" },
    },

    invoice_types = { { value = "normal", label = "电子普通发票" } },
}
