-- SPDX-License-Identifier: Apache-2.0
-- What pages show: names and numbers of the hall, texts, articles, front page: each mistake in them is found where it was made.
local check = use "tests/check"
local edit = use "tests/bundle_edit"

check.once("what every page shows is asked for", function()
    edit.finds_all {
        { "site.lua", "soon = 60, ", "", "days.soon", "缺少 soon" },
        { "site.lua", "code = 7", "code = 0", "days.code", "不小于 1" },
        { "site.lua", 'value = "east"', 'value = "center"', "points", "重复出现" },
        { "site.lua", 'hours = "工作日 9:00–12:00，13:30–17:00", phone = "0000-0000003"', 'phone = "0000-0000003"', "points.center.hours", "缺少 hours" },
        { "site.lua", "postcode = \"000001\"", "postcode = 1", "post.postcode", "应为文字" },
        { "site.lua", 'label = "签章咨询电话", ', "", "contacts.2.label", "缺少 label" },
        { "site.lua", ', url = "https://apply.hall.example/"', "", "links.1.url", "缺少 url" },
        { "site.lua", "{ 60, 30, 7, 1 }", '{ 60, "30", 7, 1 }', "expiry_reminders", "整数的列表" },
        { "site.lua", 'email = "service@hall.example",', "", "email", "缺少 email" },
        { "content/texts.lua", "confirm = {", "confirmed = {", "", "固定文字“confirm”不存在" },
        { "messages/mail.lua", "mail_code = {", "mailcode = {", "", "消息“mail_code”不存在", at = "messages/sms.lua" },
        { "lists.lua", "voucher_reasons = {", "vouchers = {", "", "选项列表“voucher_reasons”不存在" },
    }
end)

check.once("the front page leads where it says", function()
    local home = "content/home.lua"
    edit.finds_all {
        { home, 'article = "install"', 'article = "instal"', "panels.guide.items.2", "文章“instal”" },
        { home, 'print = "agreement" }, { label = "单位', 'print = "agrement" }, { label = "单位', "panels.forms.items.1", "打印件“print/agrement”" },
        { home, 'download = "driver"', 'download = "drivers"', "panels.driver.items.1", "下载“drivers”" },
        { home, 'download = "client"', 'download = "client", page = "/ca"', "panels.driver.items.2", "中的一项" },
        { home, 'page = "/ca"', 'page = "ca"', "panels.root.items.1", "以 / 开头" },
        { home, 'more = "/forms"', 'more = "forms"', "panels.forms.more", "以 / 开头" },
        { home, 'id = "news"', 'id = "guide"', "panels", "重复出现" },
        { home, 'label = "软证书安装教程", ', "", "panels.guide.items.3.label", "缺少 label" },
        { "content/entries.lua", "queries = {", "query = {", "business.queries", "缺少 queries" },
    }
    edit.finds_all {
        { home, "panels = {", "pannels = {", "panels", "缺少 panels" },
        { "content/entries.lua", "business = {", "busines = {", "business", "缺少 business" },
    }
end)

check.once("articles and pages are whole", function()
    local news = "content/news.lua"
    edit.finds_all {
        { news, 'id = "problems"', 'id = "change"', "", "“change”重复出现" },
        { news, 'id = "trial", group = "news"', 'id = "trial", group = "new"', "trial.group", "栏目“new”" },
        { news, 'date = "2026-11-20"', 'date = "2026-11-31"', "trial.date", "日期" },
        { news, "{ points = {", "{ point = {", "trial.body", "未知的属性 point" },
        { news, 'label = "办理证书申请", to = "/apply"', 'label = "办理证书申请", to = "apply"', "trial.body", "以 / 开头" },
        { news, 'label = "目前开通的变更业务", to = "/change"', 'label = "目前开通的变更业务"', "change.body", "缺少 to" },
        { "content/pages.lua", "browser = {", "browsers = {", "browser", "缺少 browser" },
        { "content/pages.lua", 'title = "关于证书"', 'titel = "关于证书"', "about.title", "缺少 title" },
        { "content/pages.lua", 'to = "/privacy"', 'to = "privacy"', "about.body", "以 / 开头" },
    }
end)

check.once("entries, guides, samples and questions are whole", function()
    edit.finds_all {
        { "content/entries.lua", 'id = "renew"', 'id = "renewal"', "change.items.renewal", "业务类型“renewal”" },
        { "content/entries.lua", 'to = "/query"', 'to = "query"', "business.queries", "以 / 开头" },
        { "content/entries.lua", 'text = "全部申请和办理结果", ', "", "business.queries.1.text", "缺少 text" },
        { "content/entries.lua", 'intro = "已经', 'intr = "已经', "change.intro", "缺少 intro" },
        { "content/entries.lua", 'id = "unfreeze"', 'id = "freeze"', "change.items", "“freeze”重复出现" },
        { "content/guides.lua", "condition = ", "conditions = ", "unit_issue.condition", "缺少 condition" },
        { "content/guides.lua", 'seal = { text = "同时', 'seal = { txt = "同时', "unit_issue.more.2.text", "缺少 text" },
        { "content/samples.lua", 'picture = "card"', 'picture = "cards"', "card.picture", "图样“cards”" },
        { "content/samples.lua", 'picture = "imprint", alt', 'picture = "imprint", alr', "imprint.alt", "缺少 alt" },
        { "content/faq.lua", 'id = "apply", title = "申请"', 'id = "apply"', "apply.title", "缺少 title" },
        { "content/faq.lua", 'question = "用什么登录？", ', "", "account.items.1.question", "缺少 question" },
        { "content/downloads.lua", 'label = "数字证书驱动", ', "", "driver.label", "缺少 label" },
    }
end)
