-- SPDX-License-Identifier: Apache-2.0
-- parts_data: invented data for the page that shows every part. Numbers carry right check digits and belong to nobody.
local tree = {
    { code = "110000", name = "北京市", children = {
        { code = "110100", name = "市辖区", children = {
            { code = "110101", name = "东城区" }, { code = "110108", name = "海淀区" } } } } },
    { code = "330000", name = "浙江省", children = {
        { code = "330100", name = "杭州市", children = {
            { code = "330106", name = "西湖区" }, { code = "330108", name = "滨江区" } } },
        { code = "330200", name = "宁波市", children = { { code = "330203", name = "海曙区" } } } } },
}

return {
    fields = {
        { id = "unit", type = "text", label = "单位名称", hint = "与单位证件上的名称完全一致", max = 40,
            autocomplete = "organization", required = true, link = { label = "查看样例", href = "#styles" } },
        { id = "uscc", type = "uscc", label = "统一社会信用代码", hint = "18 位，可以带空格", required = true },
        { id = "region", type = "region", label = "单位通讯地址", tree = tree, required = true },
        { id = "fax", type = "tel", label = "单位传真" },
        { id = "person", type = "name", label = "经办人姓名", required = true },
        { id = "idcard", type = "idcard", label = "经办人证件号码", required = true },
        { id = "mobile", type = "mobile", label = "经办人联系电话", hint = "用于接收业务办理状态短信", required = true },
        { id = "mail", type = "email", label = "经办人E-Mail", required = true },
        { id = "staff", type = "number", label = "办理人数", min = 1, max = 200 },
        { id = "day", type = "date", label = "期望办理日期", hint = "例如 2026-11-22" },
        { id = "years", type = "radio", label = "证书申请年限", inline = true, required = true, options = {
            { value = "1", label = "一年" }, { value = "2", label = "二年" }, { value = "3", label = "三年" } } },
        { id = "seal", type = "radio", label = "是否同时办理电子签章？", required = true, options = {
            { value = "yes", label = "办理", hint = "需要上传签章印模" }, { value = "no", label = "不办理" } } },
        { id = "notices", type = "checkbox", label = "接收通知的方式", options = {
            { value = "sms", label = "短信" }, { value = "mail", label = "电子邮件" } } },
        { id = "question", type = "select", label = "您的验证问题提示", required = true, options = {
            { value = "book", label = "您最喜欢的一本书是什么？" }, { value = "city", label = "您最想去的城市是哪里？" } } },
        { id = "password", type = "password", label = "密码", autocomplete = "new-password", hint = "至少 8 位，可以粘贴", min = 8,
            required = true },
        { id = "note", type = "textarea", label = "备注", max = 100 },
        { id = "scan", type = "file", label = "单位有效证件", camera = "environment", shrink = true, limit = 2 * 1024 * 1024,
            hint = "加盖公章后扫描或拍照，JPG、PNG 或 BMP，不超过 2 MB" },
        { id = "source", type = "readonly", label = "税务登记证号", source = "统一社会信用代码" },
        { id = "agree", type = "consent", label = "我已阅读并同意电子认证服务协议", required = true,
            text = { label = "电子认证服务协议", href = "/agreement" } },
    },
    given = { source = "91330106MA00000003" },
    steps = { "在线申请", "材料提交", "身份识别", "费用支付", "材料审核", "领取证书" },
    tasks = {
        { label = "单位信息", href = "#tasks", state = "已完成", tone = "green" },
        { label = "经办人信息", href = "#tasks", state = "需修改", tone = "red", hint = "证件号码与扫描件不一致" },
        { label = "年限、签章与价格", href = "#tasks", state = "待完成" },
        { label = "核对并提交", state = "未到此步", tone = "grey" },
    },
    timeline = {
        { title = "材料审核中", text = "承诺 11月26日 17:00 前完成", now = true },
        { title = "费用已支付", when = "2026年11月24日 10:32", text = "¥190.00，支付宝" },
        { title = "身份识别通过", when = "2026年11月24日 10:15" },
        { title = "提交数据", when = "2026年11月23日 16:20", text = "业务受理号 2026 1123 0000 0000 0017" },
    },
    columns = {
        { id = "no", label = "序号" }, { id = "box", label = "选择" }, { id = "name", label = "主体名称" }, { id = "kind", label = "业务类型" },
        { id = "template", label = "证书模板", short = true }, { id = "at", label = "申请时间", short = true }, { id = "state", label = "申请状态" },
        { id = "amount", label = "缴费金额", amount = true }, { id = "act", label = "操作" },
    },
    rows = {
        { box = { pick = { name = "row", value = "1", say = "示例建筑工程有限公司", checked = true } }, no = 1, name = { label = "示例建筑工程有限公司", href = "#tables" }, kind = "制作", template = "SM2机构证书",
            at = "2026-11-23 16:20", state = { tag = "等待材料" }, amount = "¥190.00",
            act = { acts = { { label = "查看", href = "#tables", say = "示例建筑工程有限公司" },
                { label = "材料提交", href = "#tables", say = "示例建筑工程有限公司" } } } },
        { box = { pick = { name = "row", value = "2", say = "示例装饰设计院" } }, no = 2, name = { label = "示例装饰设计院", href = "#tables" }, kind = "更新", template = "SM2机构证书",
            at = "2026-11-20 09:05", state = { tag = "退回补正", tone = "red" }, amount = "¥120.00",
            act = { label = "查看", href = "#tables", say = "示例装饰设计院" } },
        { no = 3, name = { label = "示例监理咨询中心", href = "#tables" }, kind = "制作", template = "单位软证书",
            at = "2026-11-18 14:47", state = { tag = "激活完成", tone = "green" }, amount = "¥190.00",
            act = { label = "查看", href = "#tables", say = "示例监理咨询中心" } },
    },
    prices = {
        { label = "单位证书制作价格", count = 1, unit = "年", price = 19000, total = 19000 },
        { label = "维护服务费", count = 2, unit = "年", price = 24000, discount = "9 折", total = 21600 },
    },
    remark = "各类证书的开户费中含一年维护服务费，不含签章费。",
    tabs = {
        { id = "making", label = "正在办理的制作申请", href = "/try/parts", count = 2 },
        { id = "other", label = "正在办理的其他业务", href = "/try/parts?tab=other", count = 0 },
        { id = "done", label = "已完成申请", href = "/try/parts?tab=done", count = 17 },
    },
    summary = {
        { label = "单位名称", value = "示例建筑工程有限公司", href = "#summaries" },
        { label = "经办人联系电话", value = "138 0013 8000", href = "#summaries" },
        { label = "单位传真", href = "#summaries" },
        { label = "证书到期时间（估计）", value = "2027年11月23日" },
    },
    number = "20261123000000000017",
    menu = {
        { title = "证书申请", entries = { { label = "申请单位证书", href = "/apply/unit_issue" }, { label = "申请个人证书", href = "/apply/personal_issue" } } },
        { title = "业务受理", entries = {
            { label = "部件样式", href = "/try/parts" }, { label = "在线支付", href = "/user/payments" },
            { label = "在线材料提交", href = "/user/materials" }, { label = "证书下载", href = "/user/downloads" },
            { label = "缴费凭证上传", href = "/user/vouchers" } } },
        { title = "证书变更", entries = {
            { label = "证书更新", href = "/change" }, { label = "证书冻结", href = "/change/freeze" },
            { label = "证书撤销", href = "/change" }, { label = "密钥恢复", href = "/change/recover" } } },
        { title = "证书申请查询", entries = {
            { label = "申请记录查询", href = "/user/records" }, { label = "申请状态查询", href = "/query" } } },
    },
}
