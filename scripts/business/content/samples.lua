-- SPDX-License-Identifier: Apache-2.0
-- samples: how scans of materials should look. id: place on the page; picture: a drawing the release has (www/img/sample-<picture>.svg).
return {
    { id = "form", title = "受理表、授权委托书", picture = "form", alt = "受理表样例：整页 A4，四角完整，经办人签字在左下，单位公章盖在落款处",
        good = { "从系统打印，内容与网上填写的一致，页面上的校验码清楚。", "经办人签字，单位公章盖在落款处，字迹不被遮挡。", "整页扫描或正对拍摄，四角完整。" },
        bad = { "改动网上的信息后没有重新打印。", "缺签字或缺公章。" } },
    { id = "document", title = "单位证件", picture = "document", alt = "单位证件样例：复印在 A4 纸上，空白处加盖单位公章",
        good = { "复印后加盖单位公章，再扫描。", "统一社会信用代码、名称和有效期都能看清。", "多证合一的，一张图片可以用于几项材料。" },
        bad = { "拍摄时反光或缺边。", "证件已过有效期。" } },
    { id = "card", title = "居民身份证", picture = "card", alt = "身份证样例：正面和反面上下排列，复印在同一张 A4 纸上，旁边加盖单位公章",
        good = { "正面和反面复印在同一张 A4 纸上，加盖单位公章。", "姓名、号码和有效期限都能看清。" },
        bad = { "只有一面。", "公章盖住号码或照片。" } },
    { id = "imprint", title = "签章印模、签名印模", picture = "imprint", alt = "印模样例：图形完整地落在方框中，不压线",
        good = { "在印模表的方框内盖章或签名，图形完整，不压线。", "用扫描仪按 300DPI 扫描成 JPG，不缩放、不裁剪。" },
        bad = { "用手机拍照。", "印泥过多，字迹模糊；重影；压到边框。" } },
}
