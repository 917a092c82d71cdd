-- SPDX-License-Identifier: Apache-2.0
-- properties: the names that declarations may use (lib/bundle_check knows their types), each with a sentence for the editor.
return {
    -- any file
    { "id", "标识：小写字母、数字和下划线；确定后不再改变" }, { "label", "显示给人的名称" }, { "title", "标题" }, { "name", "名称" },
    { "text", "显示或发送的文字" }, { "when", "什么时候适用：when = { seal = \"yes\" }，可写多个条件，全部符合才算" },
    { "kinds", "适用的业务，kinds.lua 中的标识" }, { "kind", "业务，kinds.lua 中的标识" }, { "type", "类型" }, { "rows", "各行" },
    { "message", "消息的标识，或填写有误时的提示" }, { "from", "从哪一天起，例如 \"2027-01-01\"；或取自哪个字段" }, { "to", "到哪一天；事件的去向；消息发给谁" },
    { "params", "文字中可以用花括号写的名称" }, { "limit", "大小上限，字节数" }, { "body", "邮件的各段文字" }, { "of", "取自 content/ 中的哪个文件" },
    -- kinds.lua
    { "subject", "证书主体（kinds、templates），或邮件的标题" }, { "menu", "在菜单中的位置：menu = { group = \"apply\", label = …, order = 1 }" }, { "flow", "流程，flows/ 中的文件" },
    { "form", "申请表，forms/ 中的文件" }, { "delivery", "领取方式表，forms/ 中的文件" }, { "invoice", "发票信息表，forms/ 中的文件" },
    { "templates", "证书模板，按先后取第一个可签发的" }, { "guide", "办事指南，content/guides.lua 中的标识" }, { "agreement", "服务协议，content/ 中的文件" },
    { "prints", "要打印的表格，print/ 中的文件" }, { "person", "由谁做身份识别：handler、applicant，即字段名的前缀" },
    { "suspend", "暂停受理：suspend = { from, to, text }，不暂停写 false" },
    -- flows
    { "states", "流程的状态：states = { draft = { … } }" }, { "include", "取用 flows/parts.lua 中共同的状态" }, { "start", "流程的起始状态" }, { "steps", "步骤条上的各步" },
    { "options", "流程的选项，guard 和 choose 可读；或字段的选项" }, { "step", "状态属于第几步" }, { "step_from", "步骤取自哪个事实" }, { "step_of", "各种退回内容属于第几步" },
    { "tab", "用户中心的列表：issuing、downloadable、finished、other" }, { "who", "轮到谁办理" }, { "counters", "计入用户中心的哪些数字" },
    { "on", "状态接受的事件：on = { submit = { to = …, by = { … } } }；材料中 on = false 表示不再收" }, { "choose", "choose(facts) → 去向之一；多个去向时必须写" },
    { "guard", "guard(facts) → true，或拒绝的理由" }, { "by", "谁可以触发：applicant、person、reviewer、cashier、counter、system" },
    { "effects", "事件的效果，只能用列出的几种" }, { "notify", "事件发出的消息，messages/ 中的标识" }, { "enter", "进入状态的效果" }, { "leave", "离开状态的效果" },
    { "tell", "进入状态时发出的消息" }, { "after", "到期：after = { days = 30, event = \"expire\" }" }, { "days", "天数" }, { "event", "事件" },
    { "remind", "提醒：remind = { days = { 3, 15 }, message = … }，从进入状态算起的天数" }, { "due", "办理期限：due = { workdays = 2 }" }, { "workdays", "工作日数；日历中的调休上班日" },
    { "final", "结束状态" }, { "second_review_over", "订单超过多少分须由两位审核员先后审核" },
    -- forms
    { "sections", "表单的各页" }, { "fields", "一页的字段；业务中各用途对应的字段" }, { "heading", "页内的标题" }, { "submit", "提交按钮上的文字" }, { "needs", "须由系统提供的事实" },
    { "prices", "这一页显示价格" }, { "check", "这一页是核对页" }, { "hint", "填写说明，显示在字段下方" }, { "required", "必填，或材料必须提交" },
    { "required_when", "什么时候必填：{ 字段 = \"值\" }" }, { "visible_when", "什么时候显示：{ 字段 = \"值\" }" }, { "min", "最少几个字" }, { "max", "最多几个字" },
    { "autocomplete", "浏览器自动填写的种类" }, { "options_from", "选项取自哪张表，例如 \"lists.questions\"" }, { "document_of", "证件类型在哪个字段" },
    { "kind_of", "号码前缀说明的类别表" }, { "default", "默认的选项" }, { "derive", "由另一字段得出：derive = { from = …, when = { … } }" }, { "pattern", "整段内容须符合的 PCRE2 格式" },
    { "compact", "先去掉空格和横线" }, { "feeds", "改动后要重做的事：print 重新打印、identity 重新识别、price 重新计价" }, { "levels", "地区选到第几级" },
    { "mask", "显示时隐去中间几位" }, { "secret", "不再显示填写的内容" }, { "propose", "建议值取自哪个字段" }, { "prefill", "预先填入哪个字段的内容" },
    { "part", "取用 forms/parts.lua 中共同的字段；或证书主体的一部分" }, { "prefix", "共同字段的前缀" }, { "set", "对共同字段的个别修改" }, { "years", "年限；价目行中只用于这个年限" },
    -- materials, prices, templates
    { "paper", "纸质要求：original 原件、copy 复印件、false 不要；流程中为何时须到" }, { "upload", "false 表示只收纸质" }, { "formats", "可上传的格式：jpeg、png、bmp" }, { "dpi", "扫描精度" },
    { "dpi_strict", "精度不足时不接受" }, { "long_side", "长边至少多少像素" }, { "printed", "由哪份打印件签章后扫描" }, { "blank", "可下载的空白表" },
    { "same_as", "可再次使用哪项材料的图片" }, { "same_when", "什么时候可以再次使用" }, { "items", "计费项目；打印件中的各条" }, { "item", "计费项目" },
    { "fen", "以分为单位的价格：26000 为 260 元；false 表示从这天起不收" }, { "discounts", "优惠，排在前面的先算" }, { "cases", "达到几份；测试的各种情形" }, { "permille", "折后的千分比：900 为九折" },
    { "unit", "价格的单位" }, { "quote_days", "报价几天有效" }, { "remark", "价格表下的备注" }, { "price", "price(facts) → 各行费用" },
    { "media", "证书介质：ukey、soft" }, { "issued", "false 表示本版本还不能签发" }, { "algorithm", "密钥算法：p256、sm2" }, { "pair", "双证书" }, { "max_years", "最长年限" },
    { "usage", "密钥用途" }, { "extended", "扩展用途" }, { "subject_type", "证书主体的种类" },
    -- words, prints, agreement, regions, calendar
    { "link", "字段旁的链接：link = { label, href }" }, { "merge", "十分钟内发给同一号码的合成一条" }, { "size", "纸张" }, { "small", "小字" }, { "header", "页眉：header = { left, right }" }, { "blocks", "打印件的各块" },
    { "block", "版面块：heading、paragraph、list、pairs、section、choice、prices、sign、qr、articles、space" }, { "version", "协议的版本；文字有变须改" }, { "preface", "协议的引言" },
    { "articles", "协议的各条" }, { "closing", "协议的结尾" }, { "agree", "同意按钮上的文字" }, { "disagree", "不同意按钮上的文字" }, { "added", "新增的区划：[\"430199\"] = \"名称\"" }, { "renamed", "更名的区划：[\"430102\"] = \"新名称\"" },
    { "closed", "撤销的区划" }, { "holidays", "节假日：[\"2027-01-01\"] = \"元旦\"" },
    -- tests
    { "values", "申请人填写的内容" }, { "given", "测试的已知：state、values、have 及其他事实" }, { "expect", "测试的预期：state、refused、price、missing、errors、effects、messages" }, { "have", "已上传的材料" },
}
