-- SPDX-License-Identifier: Apache-2.0
-- Materials of every combination, prices across their dates, messages, documents and texts of the shipped rules.
local business = use "lib/business"
local check = use "tests/check"
local money = use "lib/money"
local vectors = use "tests/business_vectors"

local function ids(list)
    local out = json.array {}
    for i, row in ipairs(list) do
        out[i] = row.id
    end
    return out
end

check.test("required materials of every combination (C9, S147-S158)", function()
    local b = business.open()
    local unit = { "form", "unit_document", "authorization", "handler_document" }
    local n = 0
    for _, document in ipairs { "uscc", "orgcode" } do
        for _, seal in ipairs { "yes", "no" } do
            for _, medium in ipairs { "ukey", "soft" } do
                local expected = { "form", "unit_document" }
                if document == "orgcode" then
                    expected[3], expected[4] = "orgcode_document", "tax_document"
                end
                expected[#expected + 1] = "authorization"
                expected[#expected + 1] = "handler_document"
                expected[#expected + 1] = seal == "yes" and "seal_imprint" or nil
                check.equal(ids(b:required { kind = "unit_issue", values = { unit_document_type = document, seal = seal, medium = medium } }), expected)
                n = n + 1
            end
        end
    end
    for _, same in ipairs { "yes", "no" } do
        for _, seal in ipairs { "yes", "no" } do
            for _, signature in ipairs { "yes", "no" } do
                local expected = { "form", "unit_document", "authorization", "applicant_document", "handler_document" }
                expected[#expected + 1] = seal == "yes" and "seal_imprint" or nil
                expected[#expected + 1] = signature == "yes" and "signature_imprint" or nil
                local list = b:required { kind = "personal_issue", values = { handler_same = same, seal = seal, signature = signature } }
                check.equal(ids(list), expected)
                check.equal({ list[5].same_as or false }, { same == "yes" and "applicant_document" or false })
                n = n + 1
            end
        end
    end
    check.equal(n, 16)
    check.equal(b:missing({ kind = "unit_issue", values = {} }, { form = true }), { unit[2], unit[3], unit[4] })
    check.equal(b:missing({ kind = "unit_issue", values = {} }, { form = true, unit_document = true, authorization = true, handler_document = true }), json.array {})
end)

check.test("limits come once from the material (C1, C2, S148, S160, S161)", function()
    local all = business.open():materials { kind = "personal_issue", values = { seal = "yes", signature = "yes" } }
    for _, row in ipairs(all) do
        local imprint = row.dpi ~= nil
        check.equal({ row.id, row.limit }, { row.id, imprint and 8388608 or 2097152 })
        check.equal(row.formats, imprint and { "jpeg" } or { "jpeg", "png", "bmp" })
        check.equal({ row.long_side or false, row.dpi or false, row.dpi_strict }, imprint and { false, 300, false } or { 1170, false, false })
    end
    check.equal({ all[#all].id, all[#all].required }, { "spare_1", false })
end)

check.test("what is posted on paper (S185, S186)", function()
    local b = business.open()
    local function paper(kind)
        local out = {}
        for _, row in ipairs(b:materials { kind = kind, values = { unit_document_type = "uscc", seal = "yes" } }) do
            if row.paper then
                out[#out + 1] = row.id .. ":" .. row.paper
            end
        end
        return out
    end
    check.equal(paper "unit_issue", { "form:original", "agreement:original", "unit_document:copy", "authorization:original", "handler_document:copy" })
    check.equal(paper "personal_issue", { "form:original", "agreement:original", "authorization:original", "applicant_document:copy", "handler_document:copy" })
end)

local function quote(date, ...)
    local order = {}
    for i, case in ipairs { ... } do
        order[i] = { case = "c" .. i, kind = case[1], values = { years = case[2], seal = "no", signature = "no" } }
    end
    return business.open():quote { quote_date = date, order = order }
end

check.test("prices follow the quote date (C6, C29, S100-S103)", function()
    check.equal(quote("2026-12-31", { "unit_issue", "1" }).total, 26000)
    check.equal(quote("2026-12-31", { "unit_issue", "3" }).total, 26000 + 2 * 18000)
    check.equal(quote("2027-01-01", { "unit_issue", "3" }).total, 26000 + 2 * 16000)
    check.equal(quote("2026-12-31", { "personal_issue", "5" }).total, 16000 + 4 * 9000)
    check.equal(quote("2027-01-01", { "personal_issue", "5" }).total, 16000 + 4 * 8000)
    check.equal(#quote("2025-12-31", { "unit_issue", "1" }).lines, 0)
    local q = quote("2026-11-24", { "unit_issue", "2" })
    check.equal(q.lines[1], { case = "c1", item = "open", label = "单位证书开户费（含一年维护服务费）", period = 1, unit = "年", fen = 26000, off = 0,
        off_text = "无优惠", total = 26000 })
    check.equal({ q.lines[2].period, q.lines[2].total, q.valid_until }, { 1, 18000, "2026-12-24" })
    check.equal(string.find(q.remark, "不含签章费", 1, true) ~= nil, true)
end)

check.test("a price sees the whole order", function()
    local nine, ten = {}, {}
    for i = 1, 10 do
        ten[i] = { "personal_issue", "1" }
        nine[i] = i < 10 and ten[i] or nil
    end
    check.equal(quote("2026-11-24", table.unpack(nine)).total, 9 * 16000)
    check.equal(quote("2026-11-24", table.unpack(ten)).total, 10 * 14400)
    check.equal(quote("2026-02-28", table.unpack(ten)).total, 10 * 16000)
    check.equal(quote("2026-11-24", table.unpack(ten)).lines[1].off_text, "同单十份及以上九折")
    check.raises("E_INVALID", quote, "2026-11-24")
end)

check.test("a price that breaks its contract is stopped", function()
    local function broken(line)
        local hash = "price:" .. line
        bundle.add(hash, { ["prices.lua"] = "return { items = { a = { label = '费', unit = '年' } }, quote_days = 30, price = function(f) return { "
            .. line .. " } end }" })
        local b = business.open(hash)
        return pcall(b.quote, b, { quote_date = "2026-11-24", order = { { case = "c", kind = "unit_issue", values = {} } } })
    end
    check.equal((broken "{ item = 'a', count = 1, fen = 100 }"), true)
    for _, line in ipairs { "{ item = 'a', count = 1, fen = 1.5 }", "{ item = 'a', count = 1, fen = -1 }", "{ item = 'b', count = 1, fen = 1 }",
        "{ item = 'a', count = 0, fen = 1 }", "{ item = 'a', count = 1, fen = 1, off = 2 }", "5", "{ item = 'a', count = 1, fen = 2000000000 }" } do
        local ok, err = broken(line)
        check.equal({ line, ok, err.code }, { line, false, "E_SCRIPT" })
    end
end)

check.test("amounts in capitals (S183)", function()
    for fen, words in pairs { [19000] = "壹佰玖拾元整", [26000] = "贰佰陆拾元整", [0] = "零元整", [1] = "壹分", [10] = "壹角整", [105] = "壹元零伍分",
        [10005] = "壹佰元零伍分", [10050] = "壹佰元伍角整", [100000000] = "壹佰万元整", [100010000] = "壹佰万零壹佰元整",
        [1000500] = "壹万零伍元整", [10000000000] = "壹亿元整", [10000000100] = "壹亿零壹元整", [123456789] = "壹佰贰拾叁万肆仟伍佰陆拾柒元捌角玖分" } do
        check.equal(money.capitals(fen), words)
    end
    check.equal({ money.yuan(123456789), money.yuan(5), money.yuan(-100000) }, { "1,234,567.89", "0.05", "-1,000.00" })
end)

local sample = { number = "20261124000000000017", kind = "单位证书", code = "123456", minutes = 5, name = "李示范", link = "https://hall.example/h/x",
    hours = 72, amount = "260.00", reason = "图片不清晰", count = 2, point = "示范受理点", courier = "示范快递", tracking = "SF0001", expiry = "2027-11-24",
    ["until"] = "2027-02-22", state = "等待材料", subject = "示范公司", days = 30, what = "密码", time = "2026年11月24日", items = { "一", "二" }, title = "示范公司" }

check.test("every message has its facts and no braces left (S190, S195, S228-S230)", function()
    local b, n = business.open(), 0
    for _, channel in ipairs { "sms", "mail" } do
        for id in pairs(bundle.read(bundle.shipped(), "messages/" .. channel .. ":")) do
            for _, message in ipairs(b:render(id, sample)) do
                local all = message.text or (message.subject .. table.concat(message.body))
                check.equal({ id, string.find(all, "[{}]") == nil and string.find(all, "table:", 1, true) == nil }, { id, true })
                check.equal({ id, text.length(all) <= (message.text and 140 or 2000) }, { id, true })
                n = n + 1
            end
        end
    end
    check.equal(n >= 35, true)
    check.raises("E_INVALID", b.render, b, "paid", { number = "1" })
    check.raises("E_NOT_FOUND", b.render, b, "nothing", {})
    local returned = b:render("returned", sample)
    check.equal({ returned[1].channel, returned[2].channel }, { "sms", "mail" })
    check.equal(string.find(returned[1].text, "图片不清晰", 1, true) ~= nil, true)
    check.equal(string.find(table.concat(b:render("account_changed", sample)[2].body), "400-000-0000、0000-0000000", 1, true) ~= nil, true)
    check.equal({ returned[2].body[3], returned[2].body[4] }, { "一", "二" })
    local code = b:render("download", sample)[1]
    check.equal({ code.to, string.find(table.concat(code.body), "http", 1, true) }, { "subject", nil })
end)

check.test("the agreement has sixteen articles and a version (S071, S072)", function()
    local agreement = business.open():content "agreement"
    check.equal(#agreement.articles, 16)
    check.equal({ type(agreement.version), agreement.agree, agreement.disagree }, { "string", "同意", "不同意" })
    check.equal(string.find(table.concat(agreement.articles), "电子认证业务规则", 1, true) ~= nil, true)
    check.equal(string.find(table.concat(agreement.articles), "[{}]"), nil)
    check.equal(agreement.closing, "申请用户已阅读，理解本服务协议的所有条款，并愿意接受上述条款内容。")
end)

local function document(id, kind, values, more)
    task.sleep(1) -- a task may compute for a second at most, and collection may be harsh here
    local b = business.open()
    local clean = values and b:check(kind, values, { today = vectors.today })
    return b:document(id, vectors.with({ kind = kind, values = clean, number = sample.number, created = "2026年11月24日", link = sample.link }, more))
end

local function words_of(doc)
    return json.encode(doc)
end

check.test("three pages are printed for each kind (S140-S143)", function()
    local b = business.open()
    for kind, values in pairs { unit_issue = vectors.unit, personal_issue = vectors.personal } do
        local marks = {}
        for i, id in ipairs(b:kind(kind).prints) do
            local doc = document(id, kind, values)
            marks[i] = doc.mark
            check.equal({ id, string.find(words_of(doc), "[{][%a]+[.}|]") == nil }, { id, true })
            check.equal({ id, doc.blocks[#doc.blocks].block == "sign" or doc.blocks[#doc.blocks - 1].block == "sign" }, { id, true })
        end
        check.equal(marks, { marks[1], marks[1], marks[1] })
        check.equal(text.matches(marks[1], "[0-9A-F]{8}"), true)
    end
    local form = document("unit_form", "unit_issue", vectors.unit)
    check.equal({ form.title, form.header.right }, { "单位数字证书业务受理表", "单位证书受理：2026 1124 0000 0000 0017" })
    check.equal(form.blocks[2].text, "业务受理号：SFCA-20261124000000000017")
    check.equal(form.blocks[4].title, "一、申请单位资料")
    check.equal(form.blocks[4].rows[2], { field = "unit_name", label = "单位名称", text = "示范建筑工程有限公司" })
    local medium = form.blocks[7]
    check.equal(medium.options, { { label = "UKey", checked = true }, { label = "软证书", checked = false } })
    local agreement = document("agreement", "unit_issue", vectors.unit)
    check.equal(agreement.blocks[1].items[16].number, "（十六）")
    local power = words_of(document("authorization", "personal_issue", vectors.personal))
    check.equal(string.find(power, "为王示范（居民身份证号码：43010219881212002X）办理", 1, true) ~= nil, true)
end)

check.test("payment papers and blank forms (S182, S231)", function()
    local b = business.open()
    local lines = b:quote { quote_date = "2026-11-24", order = { { case = "c", kind = "unit_issue", values = { years = "1" } } } }.lines
    local notice = document("payment_notice", "unit_issue", nil, { total = 26000, order_name = "单位证书", ["until"] = "2026-12-24", lines = lines })
    local rows = notice.blocks[2].rows
    check.equal({ rows[4].text, rows[5].text, rows[6].text, rows[8].text }, { "¥260.00", "贰佰陆拾元整", sample.number, "2026年12月24日" })
    check.equal(notice.blocks[3].columns, { "计费项目", "有效期", "有效期单位", "价格", "优惠折扣", "总价" })
    local result = document("payment_result", "unit_issue", nil, { method = "支付宝", transaction = "T1", total = 26000, order_name = "单位证书", payer = "a***@b.cn",
        paid_at = "2026年11月24日 10:00", lines = lines })
    check.equal(result.blocks[2].rows[3].text, "¥260.00（贰佰陆拾元整）")
    check.raises("E_INVALID", document, "payment_notice", "unit_issue", nil, {})
    for _, id in ipairs { "unit_imprint", "personal_imprint", "agreement" } do
        check.equal(b:document(id, { blank = true }).mark, nil)
    end
    local blank = b:document("unit_form", { kind = "unit_issue", blank = true })
    check.equal({ #blank.blocks[4].rows, blank.blocks[4].rows[1].text }, { 12, "" })
end)

check.test("texts, front page and help fill in the site's names", function()
    local b = business.open()
    check.equal(b:text("confirm", { number = "N1" })[3], "您本次证书申请受理号是：N1，该受理号请您谨记，将用于数字证书申请状态的查询、缴费等后期业务。")
    check.raises("E_INVALID", b.text, b, "confirm", {})
    for _, name in ipairs { "home", "agreement", "guides", "news", "faq" } do
        check.equal({ name, string.find(json.encode(b:content(name)), "{site", 1, true) == nil }, { name, true })
    end
    local panels = {}
    for i, panel in ipairs(b:content("home").panels) do
        panels[i] = panel.title
    end
    check.equal(panels, { "数字证书驱动", "根证书/CRL下载", "证书业务表格", "证书使用指南", "资讯信息" })
    check.equal(b:suspended("unit_issue", "2026-11-24"), nil)
    check.equal(b:label("lists.business_types", "issue"), "制作")
end)
