-- SPDX-License-Identifier: Apache-2.0
-- agreement: page 2: the service agreement, from its one source.
return {
    title = "电子认证服务协议", size = "A4", small = true, needs = { "number" },
    header = { left = "{site.ca.name}", right = "业务受理号：{number|grouped}" },
    blocks = {
        { block = "articles", of = "agreement" },
        { block = "sign", boxes = { { label = "用户签字", kind = "sign" }, { label = "用户公章", kind = "stamp" } }, date = true },
    },
}
