-- SPDX-License-Identifier: Apache-2.0
-- The structural check of a bundle: the shipped rules are clean, and each kind of mistake is found where it was made.
local business = use "lib/business"
local bundle_check = use "lib/bundle_check"
local bundle_tests = use "lib/bundle_tests"
local check = use "tests/check"
local edit = use "tests/bundle_edit"
local vectors = use "tests/business_vectors"

local TODAY, pause, show = edit.today, edit.pause, edit.show
local finds = edit.finds

check.once("the shipped rules have no finding", function()
    check.equal(show(bundle_check.run(bundle.shipped(), edit.pause_sometimes)), "")
end)

check.once("mistakes in tables are found", function()
    finds({ "kinds.lua", 'flow = "unit_issue"', 'flow = "unit_isue"' }, "kinds.lua", "unit_issue.flow", "unit_isue")
    finds({ "kinds.lua", '"p256_unit"', '"p255_unit"' }, "kinds.lua", "unit_issue.templates", "p255_unit")
    finds({ "materials.lua", 'when = { seal = "yes" }', 'when = { seel = "yes" }' }, "materials.lua", "seal_imprint.when", "seel")
    finds({ "materials.lua", "limit = 8 * MB", "limit = 17 * MB" }, "materials.lua", "limit", "16 MB")
    finds({ "materials.lua", 'same_as = "applicant_document"', 'same_as = "aplicant"' }, "materials.lua", "same_as", "aplicant")
    finds({ "prices.lua", "fen = 26000", "fen = 260.5" }, "prices.lua", "rows.1.fen", "以分为单位的整数")
    finds({ "prices.lua", 'from = "2027-01-01", fen = 16000', 'from = "2027-13-01", fen = 16000' }, "prices.lua", "rows.4.from", "日期")
    finds({ "prices.lua", "off = off,", "off = off + 0.5," }, "prices.lua", "", "off 须为不大于价格的整数")
    finds({ "templates.lua", 'media = { "ukey", "soft" }', 'media = { "ukey", "card" }' }, "templates.lua", "media", "card")
    finds({ "lists.lua", 'type = "uscc"', 'type = "usc"' }, "lists.lua", "unit_documents", "usc")
    finds({ "calendar.lua", '["2026-10-10"] = "国庆节调休"', '["2026-10-12"] = "国庆节调休"' }, "calendar.lua", "workdays.2026-10-12", "周末")
    finds({ "regions.lua", "renamed = {}", 'renamed = { ["43010"] = "新名称" }' }, "regions.lua", "renamed.43010", "2、4 或 6 位")
end)

check.once("mistakes in forms are found", function()
    finds({ "forms/unit.lua", 'id = "unit_fax", type = "tel"', 'id = "unit_fax", type = "fax"' }, "forms/unit.lua", "unit_fax", "未知的字段类型")
    finds({ "forms/unit.lua", 'required_when = { unit_document_type = "orgcode" }', 'required_when = { unit_doc = "orgcode" }' }, "forms/unit.lua", "licence_no", "unit_doc")
    finds({ "forms/unit.lua", 'options_from = "lists.unit_documents"', 'options_from = "lists.documents"' }, "forms/unit.lua", "", "lists.documents")
    finds({ "forms/unit.lua", 'id = "unit_fax"', 'id = "unit_phone"' }, "forms/unit.lua", "unit_phone", "重复")
    finds({ "forms/unit.lua", "required = true, max = 12", "requierd = true, max = 12" }, "forms/unit.lua", "user_name.requierd", "拼写")
    finds({ "forms/unit.lua", 'pattern = "[0-9A-Za-z]{13,18}"', 'pattern = "[0-9"' }, "forms/unit.lua", "licence_no.pattern", "格式表达式")
    finds({ "forms/parts.lua", 'options_from = "lists.person_documents", default = "idcard"', 'options_from = "lists.person_documents", default = "passport"' },
        "forms/unit.lua", "handler_document_type", "passport")
    finds({ "forms/personal.lua", 'part = "address"', 'part = "adress"' }, "forms/personal.lua", "", "adress")
end)

check.once("mistakes in flows are found", function()
    local parts = "flows/parts.lua"
    finds({ parts, 'effects = { "pin", "reserve_name" }', 'effects = { "pin", "reserve" }' }, parts, "draft.on.submit", "reserve")
    finds({ parts, 'to = "submitted", by = { "applicant" }', 'to = "submited", by = { "applicant" }' }, parts, "draft.on.submit.to", "submited")
    finds({ parts, 'notify = { "submitted" }', 'notify = { "sumbitted" }' }, parts, "draft.on.submit.notify", "sumbitted")
    finds({ parts, 'label = "等待材料", step = 2', 'label = "等待材料", step = 7' }, parts, "materials.step", "1 至 6")
    finds({ parts, 'steps = { "在线申请", "材料提交"', 'steps = { "在线申请", "领取方式", "材料提交"' }, "flows/unit_issue.lua", "steps.7", "没有对应的状态")
    finds({ parts, 'message = "remind_draft"', 'message = "remind_dratf"' }, parts, "draft.remind", "remind_dratf")
    finds({ parts, 'after = { days = 60, event = "expire" }', 'after = { days = 60, event = "expired" }' }, parts, "returned.after", "expired")
    finds({ parts, 'by = { "reviewer" }, guard = something_returned', 'by = { "revewer" }, guard = something_returned' }, parts, "review.on.return", "revewer")
    finds({ "flows/unit_issue.lua", "states = {}", 'states = { lost = { label = "孤立", step = 1, tab = "issuing", on = { go = { to = "done", by = { "system" } } } } }' },
        "flows/unit_issue.lua", "states.lost", "无法到达")
    finds({ "flows/unit_issue.lua", "states = {}", [[states = { identity = { label = "等待身份识别", step = 3, tab = "issuing", who = "person", on = { } } }]] },
        "flows/unit_issue.lua", "states.identity", "死胡同")
end)

check.once("an event that nobody sends, or not by him, is found", function()
    local parts = "flows/parts.lua"
    finds({ parts, "claim = staying", "clam = staying" }, parts, "review.on.clam", "未知的事件")
    finds({ parts, 'approve = { to = { "review", "paper", "active" }, choose = after_approval, by = { "reviewer" }',
        'approve = { to = { "review", "paper", "active" }, choose = after_approval, by = { "applicant", "reviewer" }' }, parts, "approve.by", "不能由 applicant 触发")
    finds({ parts, 'voucher_confirmed = own.voucher_confirmed or onward_by({ "cashier" }', 'voucher_confirmed = own.voucher_confirmed or onward_by({ "applicant" }' },
        parts, "voucher_confirmed.by", "不能由 applicant 触发")
    finds({ parts, 'effects = { "void_approvals" }', 'effects = { "mint" }' }, parts, "return.effects", "mint")
end)

check.once("a state that the applicant cannot leave is found", function()
    local parts, own = "flows/parts.lua", [[states = { voucher = { label = "凭证待确认", step = 4, tab = "issuing", who = "cashier", on = {
        voucher_confirmed = { to = "review", by = { "cashier" } } } } }]]
    finds({ "flows/unit_issue.lua", "states = {}", own }, "flows/unit_issue.lua", "states.voucher", "没有退路")
    finds({ parts, 'label = "填写中", step = 1', 'label = "填写中", step = 2' }, "flows/unit_issue.lua", "start", "第 1 步")
    finds({ parts, 'step_from = "returned", ', "" }, parts, "returned.step_from", "step_of")
    finds({ parts, "step_of = { field = 1", "step_of = { fields = 1" }, parts, "returned.step_of.fields", "fields")
end)

check.once("a business without form, price, guide or test is found", function()
    finds({ "kinds.lua", 'guide = "unit_issue", ', "" }, "kinds.lua", "unit_issue.guide", "缺少 guide")
    finds({ "kinds.lua", 'guide = "unit_issue"', 'guide = "unit_isue"' }, "kinds.lua", "unit_issue.guide", "办事指南")
    finds({ "kinds.lua", 'form = "unit", ', "" }, "kinds.lua", "unit_issue", "缺少 form")
    finds({ "kinds.lua", 'group = "apply", label = "申请单位证书"', 'group = "apply", lable = "申请单位证书"' }, "kinds.lua", "unit_issue.menu.label", "缺少 label")
    finds({ "prices.lua", '{ item = "open", kind = "unit_issue", from = "2026-01-01", fen = 26000 },\n', "" }, "prices.lua", "rows", "没有价格")
    finds({ "prices.lua", "local function price(facts)\n", "local function price(facts)\n    if facts then return {} end\n" }, "prices.lua", "rows", "没有价格")
    finds({ "prices.lua", "fen = 26000", "fen = 0" }, "prices.lua", "rows", "0 元")
    finds({ "prices.lua", 'kind = "personal_issue", cases = 10', 'kind = "personal", cases = 10' }, "prices.lua", "discounts.1.kind", "personal")
    finds({ "tests/unit_issue.lua", 'kind = "unit_issue"', 'kind = "personal_issue"' }, "kinds.lua", "unit_issue", "没有测试")
    finds({ "content/guides.lua", 'unit_document_type = "uscc"', 'unit_doc = "uscc"' }, "content/guides.lua", "unit_issue", "unit_doc")
    finds({ "calendar.lua", "", "" }, "calendar.lua", "", "没有返回表")
end)

check.once("a year without holidays is found", function()
    local next_year = edit.files { { "calendar.lua", '["2027-', '["2028-' } }
    check.equal(#bundle_check.load("later", next_year), 0)
    local lines = show(bundle_check.structure("later", TODAY))
    check.equal(string.find(lines, "[years.2027] 缺少 2027 年的节假日", 1, true) ~= nil, true)
    check.equal(string.find(show(bundle_check.structure(bundle.shipped(), "2027-03-01")), "[years] 缺少 2028 年的节假日", 1, true) ~= nil, true)
    finds({ "calendar.lua", '["2027"] = "provisional"', '["2027"] = "maybe"' }, "calendar.lua", "years.2027", "maybe")
    finds({ "calendar.lua", ', ["2027"] = "provisional"', "" }, "calendar.lua", "holidays.2027", "years 中没有 2027 年")
    finds({ "calendar.lua", '["2026-10-07"] = "国庆节"', '["2026-13-07"] = "国庆节"' }, "calendar.lua", "holidays.2026-13-07", "不是日期")
end)

-- Each walks the whole flow, so each is a test of its own.
for sentence, edit in pairs {
    ["未缴费"] = { 'elseif not facts.paid then\n        return "费用尚未到账，不能审核通过"\n', "" },
    ["有关的人审核"] = { 'elseif facts.own then\n        return "不能审核与本人有关的申请"\n', "" },
    ["身份识别未通过"] = { 'if facts.identity ~= "passed" then\n        return "身份识别尚未通过，不能审核通过"\n    elseif', "if" },
    ["未经审核"] = { "on = on_the_way { expire = expire, compare", 'on = on_the_way { skip = { to = "active", by = { "applicant" } }, expire = expire, compare' },
    ["退回前的审核仍然有效"] = { 'guard = something_returned,\n                    effects = { "void_approvals" }', "guard = something_returned" },
    ["未同意服务协议"] = { 'if not facts.agreed then\n        return "请先阅读并同意服务协议"\n    end', "" },
} do
    check.once("no edit opens a way to a certificate: " .. sentence, function()
        finds({ "flows/parts.lua", edit[1], edit[2] }, "flows/parts.lua", "states.", sentence, "invariants")
    end)
end

check.once("mistakes in words are found", function()
    finds({ "messages/sms.lua", "已收到费用 {amount} 元", "已收到费用 {amout} 元" }, "messages/sms.lua", "paid", "{amout}")
    finds({ "messages/sms.lua", "已收到费用 {amount} 元", "已收到费用" }, "messages/sms.lua", "paid.params", "amount 没有用到")
    finds({ "messages/sms.lua", 'params = { "number", "amount" }', 'params = { "number", "amount", "handler_document_no" }' }, "messages/sms.lua",
        "paid.params", "系统不提供“handler_document_no”")
    finds({ "print/unit_form.lua", 'needs = { "number", "created", "link" }', 'needs = { "number", "created", "link", "answer" }' }, "print/unit_form.lua",
        "needs", "answer")
    finds({ "print/agreement.lua", 'of = "agreement"', 'of = "agrement"' }, "print/agreement.lua", "of", "agrement")
    finds({ "forms/delivery.lua", 'prefill = "handler_name"', 'prefill = "handler_nam"' }, "forms/delivery.lua", "receiver_name.prefill", "handler_nam")
    finds({ "forms/delivery.lua", 'prefill = "@region"', 'prefill = "@regions"' }, "forms/delivery.lua", "receiver_region.prefill", "regions")
    finds({ "forms/unit.lua", 'propose = "unit_phone"', 'propose = "unit_fone"' }, "forms/unit.lua", "user_name.propose", "unit_fone")
    finds({ "messages/mail.lua", "{site.hotline}", "{site.hotlines}" }, "messages/mail.lua", "", "hotlines")
    finds({ "print/unit_form.lua", "{number|grouped}", "{number|groups}" }, "print/unit_form.lua", "header.right", "groups")
    finds({ "print/unit_form.lua", 'section = "handler"', 'section = "handlers"' }, "print/unit_form.lua", "section", "handlers")
    finds({ "print/authorization.lua", "{values.unit_name}", "{values.unit_nam}" }, "print/authorization.lua", "", "unit_nam")
    finds({ "print/unit_form.lua", 'block = "heading"', 'block = "headline"' }, "print/unit_form.lua", "blocks.1", "headline")
    finds({ "content/texts.lua", "您本次证书申请受理号是：{number}", "您本次证书申请受理号是：{no}" }, "content/texts.lua", "confirm", "{no}")
    finds({ "content/faq.lua", "{site.post.address}", "{site.post.adress}" }, "content/faq.lua", "", "post.adress")
end)

check.once("a file that does not load names its line, a wrong rule turns a test red", function()
    local f = finds({ "prices.lua", "return {\n    items", "return {{\n    items" }, "prices.lua", "", "语法错误")
    check.equal(text.matches(f.path, "[0-9]+"), true)
    bundle.add("dearer", edit.files { { "prices.lua", "fen = 26000", "fen = 27000" } })
    local red = {}
    for _, result in ipairs(bundle_tests.run("dearer")) do
        red[#red + 1] = not result.ok and result.name or nil
    end
    check.equal(red, { "一年的价格", "三年的价格" })
    finds({ "prices.lua", "fen = 26000", "fen = 27000" }, "tests/unit_issue.lua", "一年的价格", "应为 26000，实际为 27000", "run")
end)

-- The fastest of a few rounds, in milliseconds for one call: other load on the machine does not count.
local function fastest(f)
    local best = 1000
    for _ = 1, 8 do
        pause()
        local begun = time.now()
        for _ = 1, 10 do
            f()
        end
        best = math.min(best, (time.now() - begun) / 10)
    end
    return best
end

check.once("a whole form is judged and priced within five milliseconds", function()
    local b = business.open()
    local took = {
        form = fastest(function() b:check("personal_issue", vectors.personal, { today = vectors.today }) end),
        quote = fastest(function() b:quote { quote_date = vectors.today, order = { { case = "1", kind = "unit_issue", values = vectors.unit } } } end),
        step = fastest(function() b:next("unit_issue", "draft", "submit", { by = "applicant", agreed = "1", values = vectors.unit, today = vectors.today,
            quote_date = vectors.today }) end),
    }
    for what, ms in pairs(took) do
        check.equal({ what, ms < 5 }, { what, true })
    end
    log.info("business rules measured", { form_us = math.floor(took.form * 1000), quote_us = math.floor(took.quote * 1000),
        step_us = math.floor(took.step * 1000) })
end)
