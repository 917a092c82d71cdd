-- SPDX-License-Identifier: Apache-2.0
-- Declarations against their shapes: each rule of the check has a mistake that only this rule finds.
local check = use "tests/check"
local edit = use "tests/bundle_edit"

check.once("kinds and lists: each of their mistakes is found", function()
    local kinds = "kinds.lua"
    edit.finds_all {
        { kinds, 'type = "issue", subject = "unit"', 'type = "isue", subject = "units"', "unit_issue.type", "业务类型“isue”" },
        { kinds, nil, nil, "unit_issue.subject", "证书类型“units”" },
        { kinds, '"unit_form", "agreement"', '"unit_frm", "agreement"', "unit_issue.prints", "打印件“print/unit_frm”" },
        { kinds, 'guide = "personal_issue", agreement = "agreement"', 'guide = "personal_issue", agreement = "agrement"', "personal_issue.agreement", "协议" },
        { kinds, 'email = "unit_email"', 'email = "unit_mail"', "unit_issue.fields.email", "字段“unit_mail”" },
        { kinds, 'person = "handler"', 'person = "handle"', "unit_issue.person", "handle_name" },
        { kinds, "suspend = false", 'suspend = { from = "2026-01-01", to = "x", text = "维护" }', "unit_issue.suspend.to", "日期" },
        { "lists.lua", '{ value = "female"', '{ value = "male"', "sexes", "“male”重复出现" },
        { "lists.lua", '{ value = "yes", label = "办理" }', '{ value = "yes" }', "yes_no.1", "须有 value 和 label" },
        { "lists.lua", nil, nil, "seal.options.1", "选项须有 value 和 label", at = "forms/unit.lua" },
        { "lists.lua", '{ value = "onsite", label', '{ value = "courier", label', "delivery.options", "“courier”重复出现", at = "forms/delivery.lua" },
    }
    edit.finds_all { { kinds, 'id = "personal_issue"', 'id = "unit_issue"', "", "“unit_issue”重复出现" } }
    edit.finds_all { { kinds, "", "return {}", "", "应为业务列表" } }
    edit.finds_all { { kinds, 'form = "unit", delivery = "delivery"', 'form = "unit", delivery = "delivry"', "unit_issue.delivery", "表单“forms/delivry”" } }
end)

check.once("materials and templates: each of their mistakes is found", function()
    local materials, templates = "materials.lua", "templates.lua"
    edit.finds_all {
        { materials, 'label = "组织机构代码证", kinds = { "unit_issue" }', 'label = "组织机构代码证", kinds = { "unit_isue" }', "orgcode_document.kinds", "业务“unit_isue”" },
        { materials, 'unit_issue = "copy", personal_issue = false', 'unit_issue = "copied", personal_issue = false', "unit_document.paper", "纸质要求" },
        { materials, 'printed = { unit_issue = "unit_form"', 'printed = { unit_isue = "unit_form"', "form.printed", "业务“unit_isue”" },
        { materials, 'blank = { personal_issue = "personal_imprint" }', 'blank = { personal_issue = "imprint" }', "signature_imprint.blank", "打印件“print/imprint”" },
        { materials, 'formats = { "jpeg" }', 'formats = { "jpg" }', "seal_imprint.formats", "图片格式“jpg”" },
        { materials, "long_side = 1170", 'long_side = "1170"', "defaults.long_side", "整数" },
        { materials, 'id = "spare_1"', 'id = "form"', "rows", "“form”重复出现" },
        { materials, 'label = "签名印模", ', "", "rows.signature_imprint.label", "缺少 label" },
        { templates, '{ value = "soft", label', '{ value = "ukey", label', "media", "“ukey”重复出现" },
        { templates, 'id = "p256_person"', 'id = "p256_unit"', "rows", "“p256_unit”重复出现" },
        { templates, 'algorithm = "sm2", pair = true,', 'algorithm = "sm2",', "rows.sm2_unit.pair", "缺少 pair" },
        { templates, 'from = "unit_document_no"', 'from = "unit_no"', "rows.p256_unit.subject", "字段“unit_no”" },
        { templates, "issued = true", "issued = false", "unit_issue.templates", "没有可签发的证书模板", at = "kinds.lua" },
    }
end)

check.once("prices, calendar, regions: each of their mistakes is found", function()
    local prices = "prices.lua"
    edit.finds_all {
        { prices, 'item = "maintain", kind = "personal_issue", from = "2026', 'item = "maintian", kind = "personal_issue", from = "2026', "rows.5.item", "计费项目“maintian”" },
        { prices, 'item = "open", kind = "personal_issue"', 'item = "open", kind = "personal"', "rows.2.kind", "业务“personal”" },
        { prices, 'from = "2027-01-01", fen = 16000', 'from = "2026-01-01", fen = 16000', "rows.4", "有两个价格" },
        { prices, "permille = 900, text =", "permille = 9000, txt =", "discounts.1.text", "缺少 text" },
        { prices, nil, nil, "discounts.1.permille", "折扣应在" },
        { prices, 'signature = { label = { personal_issue = "电子签名制作费" }, unit = "枚" }', 'signature = { label = { personal = "电子签名制作费" }, unit = 1 }',
            "items.signature.unit", "应为文字" },
        { prices, nil, nil, "items.signature.label", "业务“personal”" },
        { prices, "quote_days = 30", 'quote_days = "30"', "quote_days", "整数" },
        { prices, '{ value = "5", label', '{ value = "4", label', "years", "“4”重复出现" },
        { "calendar.lua", "workdays = {", "workday = {", "workdays", "缺少 workdays" },
        { "regions.lua", "added =", "addd =", "added", "缺少 added" },
    }
end)

check.once("forms: each of their mistakes is found", function()
    local unit, parts, personal = "forms/unit.lua", "forms/parts.lua", "forms/personal.lua"
    edit.finds_all {
        { unit, 'document_of = "unit_document_type"', 'document_of = "unit_document"', "unit_document_no.document_of", "证件类型字段须在前面声明" },
        { "lists.lua", 'label = "居民身份证", type = "idcard"', 'label = "居民身份证"', "handler_document_no.document_of", "没有指定字段类型", at = unit },
        { unit, 'id = "unit_fax", type = "tel"', 'id = "unit_fax", type = "readonly"', "unit_fax", "只读字段须说明来源" },
        { parts, "derive = { years = ", "derive = { year = ", "expiry.derive.year", "未知的属性 year", at = unit },
        { personal, 'derive = { from = "applicant_name"', 'derive = { from = "applicant_nam"', "handler_name.derive", "来源字段（须在前面声明）“applicant_nam”" },
        { personal, 'id = "department", type = "text", label = "您的工作部门", required = true, max = 64, feeds = { "print" }',
            'id = "department", type = "text", label = "您的工作部门", required = true, max = 64, feeds = { "paper" }', "department.feeds", "用途“paper”" },
        { personal, 'id = "terms"', 'id = "handler"', "sections", "“handler”重复出现" },
        { personal, '{ part = "years" }', '{ part = "years", pre = "x" }', "pre", "未知的属性 pre" },
        { unit, "set = { name = { feeds", "set = { nam = { feeds", "handler.handler.set", "公共字段“nam”" },
        { parts, '{ id = "postcode", type', '{ id = "address", type', "address", "“address”重复出现" },
        { unit, 'submit = "提交数据",', "", "submit", "缺少 submit" },
        { unit, 'id = "handler", title = "经办人信息", ', 'id = "handler", ', "sections.handler.title", "缺少 title" },
        { parts, '"/guides/answer"', '"/guides/anser"', "", "文章“anser”" },
    }
    edit.finds_all {
        { "lists.lua", 'type = "orgcode"', 'type = "orgcod"', "unit_document_no.document_of", "证件的字段类型“orgcod”", at = unit },
        { personal, 'options_from = "lists.sexes",', "", "sex", "缺少选项" },
    }
end)

check.once("flows: each of their mistakes is found", function()
    local parts, own, other = "flows/parts.lua", "flows/unit_issue.lua", "flows/personal_issue.lua"
    edit.finds_all {
        { parts, 'by = { "applicant" }, effects = { "close_links" } }', 'by = { "applicant" }, efects = { "close_links" } }', "draft.on.cancel.efects", "未知的属性 efects" },
        { parts, "printed = { to = path, choose = onward,", "printed = { to = path,", "submitted.on.printed", "有多个去向" },
        { parts, 'submit = { to = "submitted", by', 'submit = { to = "submitted", choose = onward, by', "draft.on.submit", "去向与 choose 不符" },
        { parts, 'after = { days = 180,', 'after = { days = "180",', "active.after.days", "整数" },
        { parts, 'expire = { to = "closed", by = { "system" }, effects = { "close_links" }', 'expire = { to = "closed", by = { "counter" }, effects = { "close_links" }',
            "draft.after", "须允许 system 触发" },
        { parts, 'message = "remind_download"', 'mesage = "remind_download"', "active.remind.message", "缺少 message" },
        { parts, "days = { 7, 30, 80 }, message", "days = { 7, 30, 90 }, message", "paper.remind", "提醒须早于到期" },
        { parts, "days = { 3, 15, 50 }, message", 'days = { "3", 15, 50 }, message', "returned.remind", "提醒的天数" },
        { parts, "due = { workdays = 2 }", "due = { workday = 2 }", "voucher.due.workdays", "缺少 workdays" },
        { parts, 'label = "等待缴费", step = 4, ', 'label = "等待缴费", ', "payment.step", "缺少所在的步骤" },
        { parts, "material = 2, identity = 3", "material = 7, identity = 3", "returned.step_of.material", "1 至 6" },
        { parts, 'tab = "downloadable", who = "applicant"', 'tab = "download", whose = "applicant"', "active.whose", "未知的属性 whose" },
        { parts, nil, nil, "active.tab", "列表“download”" },
        { parts, 'who = "person"', 'who = "persons"', "identity.who", "办理人“persons”" },
        { parts, 'tab = "finished", final = true,\n            on = { paid', 'tab = "finished", final = true, after = { days = 1, event = "paid" },\n            on = { paid',
            "states.done", "不应再有去向或期限" },
        { own, "options = {", "option = {", "option", "未知的属性 option" },
        { other, 'start = "draft"', 'start = "drft"', "start", "起始状态“drft”不存在" },
    }
end)

check.once("messages and prints: each of their mistakes is found", function()
    edit.finds_all {
        { "messages/mail.lua", 'body = { "您好：", "{items}" }', 'body = { 1, "{items}" }', "notices", "应为文字" },
        { "messages/sms.lua", 'paid = { to = "handler", merge = true', 'paid = { to = "handler", merge = 1', "paid.merge", "true 或 false" },
        { "messages/sms.lua", 'lost = { to = "handler"', 'lost = { to = "13800138000"', "lost.to", "接收人“13800138000”" },
        { "print/unit_form.lua", 'block = "choice", field = "medium"', 'block = "choice", field = "unit_name"', "field", "不是选择字段" },
        { "print/authorization.lua", "title = ", "titel = ", "title", "缺少 title" },
        { "content/agreement.lua", "version = ", "versions = ", "version", "缺少 version" },
        { "content/agreement.lua", "articles = {", 'articles = { "新的一条",', "articles", "应有 16 条" },
    }
end)

check.once("tests of a bundle: each of their mistakes is found", function()
    local unit, personal = "tests/unit_issue.lua", "tests/personal_issue.lua"
    edit.finds_all {
        { unit, 'given = { state = "draft", agreed = "2026-1" }, when', 'given = { state = "draft", agred = "2026-1" }, when', "填写完整并同意协议即可提交", "事实“agred”" },
        { unit, 'given = { state = "draft" }, when = { event = "submit", by', 'given = { state = "drft" }, when = { event = "submit", by', "未同意协议不能提交", "状态“drft”" },
        { unit, 'values = { handler_phone = "" }', 'values = { handler_fone = "" }', "缺少经办人手机不能提交", "字段“handler_fone”" },
        { unit, 'when = { event = "registered", by', 'when = { event = "registred", by', "办理签章另需印模", "事件“registred”" },
        { unit, 'when = { event = "identified", by = "system" }', 'when = { event = "identified", by = "sistem" }', "先缴费的", "角色“sistem”" },
        { unit, 'when = { event = "approve", by', 'when = { evnt = "approve", by', "未缴费不能审核通过.when.event", "缺少 event" },
        { unit, "expect = { price = 26000 }", "expect = {}", "一年的价格", "没有写出应有的结果" },
        { unit, "expect = { price = 62000 }", "expect = { prise = 62000 }", "三年的价格.expect.prise", "未知的属性 prise" },
        { unit, 'name = "UKey 审核通过后等待纸质材料", given', 'name = "软证书审核通过即激活", given', "cases", "“软证书审核通过即激活”重复出现" },
        { unit, 'user_name = "sfjz001"', 'user_nam = "sfjz001"', "values", "字段“user_nam”" },
        { personal, "cases = {", "case = {", "cases", "缺少 cases" },
    }
    edit.finds_all {
        { personal, 'kind = "personal_issue"', 'kind = "personal"', "kind", "业务“personal”" },
        { unit, 'name = "一年的价格", given', 'given', "name", "缺少 name" },
    }
end)
