-- SPDX-License-Identifier: Apache-2.0
-- personal_imprint: blank form on which a person's seal and signature are collected, scanned at 300 DPI.
return {
    title = "个人签章印模表", size = "A4", needs = {},
    header = { left = "{site.ca.name}", right = "个人签章印模表" },
    blocks = {
        { block = "heading", text = "个人签章印模表" },
        { block = "pairs", rows = { { "姓名", "{values.applicant_name}" }, { "用户名", "{values.user_name}" },
            { "工作单位", "{values.work_unit}" } } },
        { block = "list", title = "要求：", items = { "用黑色签字笔在方框正中签名，用红色印泥盖章，不压线。", "用扫描仪按 300DPI 彩色扫描成 JPG，不要拍照。" } },
        { block = "sign", boxes = { { label = "签名", kind = "imprint" }, { label = "签名（备用）", kind = "imprint" } } },
        { block = "sign", boxes = { { label = "个人印章", kind = "imprint" }, { label = "执业印章", kind = "imprint" } } },
    },
}
