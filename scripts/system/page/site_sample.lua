-- SPDX-License-Identifier: Apache-2.0
-- site_sample: invented names and numbers, so that a fresh hall has something to show. No one is called so.
return {
    name = "数字证书与电子签章服务大厅",
    ca = { name = "示例电子认证服务中心", short = "示例CA", abbreviation = "SLCA" },
    hotlines = { "400-000-0000", "010-0000 0000" },
    sponsor = "示例行业主管部门",
    icp = "京ICP备00000000号",
    police = "京公网安备00000000000000号",
    code = "0000000000",
    nav = {
        { id = "home", label = "首页", href = "/" },
        { id = "apply", label = "证书申请", href = "/apply" },
        { id = "business", label = "业务受理", href = "/business" },
        { id = "change", label = "证书变更", href = "/change" },
        { id = "help", label = "帮助中心", href = "/help" },
        { id = "about", label = "关于证书", href = "/about" },
    },
    foot = {
        { label = "无障碍说明", href = "/help/access" },
        { label = "长辈版说明", href = "/help/elder" },
        { label = "办事指南", href = "/help/guide" },
        { label = "受理点", href = "/help/points" },
        { label = "联系我们", href = "/help/contact" },
    },
    intro = {
        "数字证书主要用于在信息系统中进行身份认证和电子签名，与在纸面上签字、盖章具有同等效力。",
        "证书按“用户自愿”原则使用：未办理证书的用户，可以通过其他方式登录业务系统。",
    },
    steps = { "在线申请", "材料提交", "身份识别", "费用支付", "材料审核", "领取证书" },
    tiles = {
        { label = "申请单位证书", text = "企业、事业单位、社会团体", href = "/apply/unit" },
        { label = "申请个人证书", text = "从业人员本人或由单位代办", href = "/apply/personal" },
        { label = "证书更新", text = "到期前 90 天起可办理", href = "/change/renew" },
        { label = "证书变更", text = "名称、证件等信息变化", href = "/change/edit" },
        { label = "证书冻结", text = "UKey 丢失时立即办理", href = "/change/freeze" },
        { label = "证书撤销", text = "不再使用证书", href = "/change/revoke" },
        { label = "密钥恢复", text = "找回加密密钥", href = "/change/recover" },
        { label = "查询办件进度", text = "凭业务受理号查询", href = "/query" },
    },
    panels = {
        { title = "数字证书驱动", items = {
            { label = "数字证书驱动", href = "/files/driver" },
            { label = "证书客户端软件", href = "/files/client" },
        } },
        { title = "根证书/CRL下载", items = {
            { label = "根证书下载", href = "/files/root" },
            { label = "CRL下载", href = "/files/crl" },
        } },
        { title = "证书业务表格", more = "/help/forms", items = {
            { label = "电子认证服务协议", href = "/files/agreement" },
            { label = "单位数字证书业务受理表", href = "/files/unit-form" },
            { label = "个人签章印模表", href = "/files/personal-imprint" },
            { label = "单位签章印模表", href = "/files/unit-imprint" },
        } },
        { title = "证书使用指南", items = {
            { label = "数字证书使用说明书", href = "/help/manual" },
            { label = "证书与签章的安装教程", href = "/help/install" },
        } },
    },
    news = { title = "资讯信息", more = "/news", items = {
        { label = "数字证书在线申请教程", href = "/news/apply", date = "2026-11-02" },
        { label = "数字证书业务变更在线申请教程", href = "/news/change", date = "2026-10-19" },
        { label = "数字证书常见问题处理", href = "/news/faq", date = "2026-09-28" },
        { label = "批量签章软件操作手册", href = "/news/seal", date = "2026-09-07" },
        { label = "版式阅读器操作手册", href = "/news/reader", date = "2026-08-17" },
    } },
    friends = { { label = "示例业务申报系统", href = "https://example.cn/" } },
    contacts = {
        { label = "证书咨询电话", value = "400-000-0000" },
        { label = "签章咨询电话", value = "010-0000 0000" },
        { label = "客服QQ群", value = "00000000" },
        { label = "服务时间", value = "工作日 9:00-17:00" },
    },
}
