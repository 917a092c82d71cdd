-- SPDX-License-Identifier: Apache-2.0
-- site: names, numbers and places of this hall. Always live: no page, message or form holds one of them itself.
-- What stands here is an invented example; an operator replaces it before opening.
return {
    title = "数字证书及签章服务网",
    host = "示范证书服务中心",
    ca = { name = "示范数字认证中心", company = "示范数字认证中心有限公司", short = "示范CA", mark = "SFCA",
        cps = "示范数字认证中心电子认证业务规则", licence = "电子认证服务许可证（示例）" },

    hotline = { "400-000-0000", "0000-0000000" },
    hotline_text = "如有问题请拨打我们的客服电话：",
    contacts = {
        { label = "证书咨询电话", values = { "400-000-0000", "0000-0000000" } },
        { label = "签章咨询电话", values = { "0000-0000001" } },
        { label = "客服QQ群", values = { "000000000" } },
    },
    email = "service@hall.example",

    bank = { holder = "示范数字认证中心有限公司", number = "0000 0000 0000 0000", bank = "示范银行示范支行" },

    post = { receiver = "示范数字认证中心客服部", phone = "0000-0000002", address = "示范省示范市示范路 1 号示范大厦 1 层",
        postcode = "000001" },

    points = {
        { value = "center", label = "示范市政务服务中心受理点", address = "示范市示范路 1 号 1 楼 1 号窗口",
            hours = "工作日 9:00–12:00，13:30–17:00", phone = "0000-0000003" },
        { value = "east", label = "示范市东区受理点", address = "示范市东区示范街 2 号", hours = "工作日 9:00–12:00，13:30–17:00",
            phone = "0000-0000004" },
    },

    links = { { label = "安全生产管理人员申报系统", url = "https://apply.hall.example/" } },

    footer = {
        host = "主办单位：示范证书服务中心", record = "ICP备案号：示例 00000000 号", police = "公网安备 00000000000000 号",
        site_code = "政府网站标识码：0000000000", accessibility = "/accessibility", elder = "长辈版",
    },

    -- Days: a certificate soon to expire; renewal opens before and ends after expiry; the right to download; an
    -- authorisation code; an identity check.
    days = { soon = 60, renew_before = 90, renew_after = 30, download = 180, code = 7, identity = 30, phone_link_hours = 72 },
    expiry_reminders = { 60, 30, 7, 1 },
}
