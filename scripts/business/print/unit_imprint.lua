-- SPDX-License-Identifier: Apache-2.0
-- unit_imprint: blank form on which a unit's seals are collected, scanned at 300 DPI.
return {
    title = "单位签章印模表", size = "A4", needs = {},
    header = { left = "{site.ca.name}", right = "单位签章印模表" },
    blocks = {
        { block = "heading", text = "单位签章印模表" },
        { block = "pairs", rows = { { "单位名称", "{values.unit_name}" }, { "用户名", "{values.user_name}" },
            { "经办人", "{values.handler_name}" } } },
        { block = "list", title = "要求：", items = { "用红色印泥在方框正中盖章，印文完整清晰，不压线、不重影。", "用扫描仪按 300DPI 彩色扫描成 JPG，不要拍照。" } },
        { block = "sign", boxes = { { label = "单位公章", kind = "imprint" }, { label = "单位公章（备用）", kind = "imprint" } } },
        { block = "sign", boxes = { { label = "法定代表人名章", kind = "imprint" }, { label = "其他印章", kind = "imprint" } } },
    },
}
