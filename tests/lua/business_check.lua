-- SPDX-License-Identifier: Apache-2.0
-- The structural check of a bundle: the shipped rules are clean, and each kind of mistake is found where it was made.
local business = use "lib/business"
local bundle_check = use "lib/bundle_check"
local bundle_tests = use "lib/bundle_tests"
local check = use "tests/check"
local vectors = use "tests/business_vectors"

-- The texts of the shipped rules with one plain replacement.
local function edited(file, from, to)
    local files = {}
    local hash = bundle.shipped()
    for _, name in ipairs(bundle.files(hash)) do
        files[name] = bundle.source(hash, name)
    end
    if file then
        local text_of = files[file] or ""
        if from ~= "" and not string.find(text_of, from, 1, true) then
            error(file .. " does not hold: " .. from, 2)
        end
        files[file] = from == "" and to or text.replace(text_of, from, to)
    end
    return files
end

-- A check is longer than a task may compute without waiting, under the sanitizers at least.
local function pause()
    task.sleep(1)
end

local steps = 0
local function pause_sometimes()
    steps = steps + 1
    if steps % 20 == 0 then
        pause()
    end
end

-- how: "structure", "invariants" or "run"
local function findings_of(how, file, from, to)
    pause()
    local hash = "edit:" .. file .. from .. (to or "")
    local findings = bundle_check.load(hash, edited(file, from, to))
    return #findings > 0 and findings or bundle_check[how](hash, pause_sometimes)
end

local function show(findings)
    local lines = {}
    for i, f in ipairs(findings) do
        lines[i] = string.format("%s %s [%s] %s", f.severity, f.file, f.path, f.message)
    end
    return table.concat(lines, "\n")
end

-- An edit must give a finding in this file whose path and message hold these parts.
local function finds(edit, file, path, message, how)
    local findings = findings_of(how or "structure", edit[1], edit[2], edit[3])
    for _, f in ipairs(findings) do
        if f.file == file and string.find(f.path, path, 1, true) and string.find(f.message, message, 1, true) then
            return f
        end
    end
    error("no finding " .. file .. " " .. path .. " " .. message .. "; got:\n" .. show(findings), 2)
end

check.once("the shipped rules have no finding", function()
    check.equal(show(bundle_check.run(bundle.shipped(), pause_sometimes)), "")
end)

check.once("mistakes in tables are found", function()
    finds({ "kinds.lua", 'flow = "unit_issue"', 'flow = "unit_isue"' }, "kinds.lua", "unit_issue.flow", "unit_isue")
    finds({ "kinds.lua", '"p256_unit"', '"p255_unit"' }, "kinds.lua", "unit_issue.templates", "p255_unit")
    finds({ "materials.lua", 'when = { seal = "yes" }', 'when = { seel = "yes" }' }, "materials.lua", "seal_imprint.when", "seel")
    finds({ "materials.lua", "limit = 8 * MB", "limit = 17 * MB" }, "materials.lua", "limit", "16 MB")
    finds({ "materials.lua", 'same_as = "applicant_document"', 'same_as = "aplicant"' }, "materials.lua", "same_as", "aplicant")
    finds({ "prices.lua", "fen = 26000", "fen = 260.5" }, "prices.lua", "rows.1.fen", "以分为单位的整数")
    finds({ "prices.lua", 'from = "2027-01-01", fen = 16000', 'from = "2027-13-01", fen = 16000' }, "prices.lua", "rows.4.from", "日期")
    finds({ "prices.lua", "off = off,", "off = off + 0.5," }, "prices.lua", "", "discount must be a whole number")
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

-- Each walks the whole flow, so each is a test of its own.
for sentence, edit in pairs {
    ["未缴费"] = { 'elseif not facts.paid then\n        return "费用尚未到账，不能审核通过"\n', "" },
    ["有关的人审核"] = { 'elseif facts.own then\n        return "不能审核与本人有关的申请"\n', "" },
    ["身份识别未通过"] = { 'if facts.identity ~= "passed" then\n        return "身份识别尚未通过，不能审核通过"\n    elseif', "if" },
    ["未经审核"] = { "on = on_the_way { expire = expire, compare", 'on = on_the_way { skip = { to = "active", by = { "applicant" } }, expire = expire, compare' },
    ["未同意服务协议"] = { 'if not facts.agreed then\n        return "请先阅读并同意服务协议"\n    end', "" },
} do
    check.once("no edit opens a way to a certificate: " .. sentence, function()
        finds({ "flows/parts.lua", edit[1], edit[2] }, "flows/unit_issue.lua", "", sentence, "invariants")
    end)
end

check.once("mistakes in words are found", function()
    finds({ "messages/sms.lua", "已收到费用 {amount} 元", "已收到费用 {amout} 元" }, "messages/sms.lua", "paid", "{amout}")
    finds({ "messages/sms.lua", "已收到费用 {amount} 元", "已收到费用" }, "messages/sms.lua", "paid.params", "amount 没有用到")
    finds({ "messages/mail.lua", "{site.hotline}", "{site.hotlines}" }, "messages/mail.lua", "", "hotlines")
    finds({ "print/unit_form.lua", "{number|grouped}", "{number|groups}" }, "print/unit_form.lua", "header.right", "groups")
    finds({ "print/unit_form.lua", 'section = "handler"', 'section = "handlers"' }, "print/unit_form.lua", "section", "handlers")
    finds({ "print/authorization.lua", "{values.unit_name}", "{values.unit_nam}" }, "print/authorization.lua", "", "unit_nam")
    finds({ "print/unit_form.lua", 'block = "heading"', 'block = "headline"' }, "print/unit_form.lua", "blocks.1", "headline")
    finds({ "content/texts.lua", "您本次证书申请受理号是：{number}", "您本次证书申请受理号是：{no}" }, "content/texts.lua", "confirm", "{no}")
    finds({ "content/faq.lua", "{site.post.address}", "{site.post.adress}" }, "content/faq.lua", "", "post.adress")
end)

check.once("a file that does not load names its line, a wrong rule turns a test red", function()
    local f = finds({ "prices.lua", "return {\n    items", "return {{\n    items" }, "prices.lua", "", "expected")
    check.equal(text.matches(f.path, "[0-9]+"), true)
    bundle.add("dearer", edited("prices.lua", "fen = 26000", "fen = 27000"))
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
