-- SPDX-License-Identifier: Apache-2.0
-- Forms of the shipped rules: whole applications, sections, what is visible, derived and undone by a change.
local business = use "lib/business"
local check = use "tests/check"
local vectors = use "tests/business_vectors"

local TODAY = { today = vectors.today }

local function codes(errors)
    local out = json.array {}
    for i, e in ipairs(errors) do
        out[i] = e.field .. ":" .. e.code
    end
    return out
end

local function clean_of(kind, values)
    local clean, errors = business.open():check(kind, values, TODAY)
    check.equal(codes(errors), json.array {})
    return clean
end

check.test("the shipped rules are a bundle", function()
    local hash = bundle.shipped()
    check.equal(text.matches(hash, "[0-9a-f]{64}"), true)
    check.equal(bundle.shipped(), hash)
    check.equal(bundle.known(hash), true)
    check.equal(bundle.files("unknown"), json.array {})
    local names = bundle.files(hash)
    check.equal(names[1], "calendar.lua")
    check.equal(#names >= 30, true)
    check.equal(bundle.read(hash, "kinds:")[1].id, "unit_issue")
end)

check.test("a whole unit application is clean (S079-S108)", function()
    local clean = clean_of("unit_issue", vectors.unit)
    check.equal(clean.licence_no, "91430100MA4L00001J")
    check.equal(clean.tax_no, "91430100MA4L00001J")
    check.equal(clean["unit_document_no.kind"], "enterprise")
    check.equal(clean["unit_region.text"], "湖南省长沙市芙蓉区")
    check.equal(clean["handler_document_no.birth"], "1990-03-07")
    check.equal(clean["user_name.key"], "sfjz001")
    check.equal(clean.unit_fax, "")
    check.equal(clean.expiry, nil)
end)

check.test("a whole personal application is clean (S114-S131)", function()
    local clean = clean_of("personal_issue", vectors.personal)
    check.equal(clean.sex, "female")
    check.equal(clean.handler_name, "王示范")
    check.equal(clean.handler_phone, "13900139000")
    check.equal(clean.handler_document_no, "43010219881212002X")
    check.equal(clean["handler_document_no.birth"], "1988-12-12")
    local other = vectors.with(vectors.personal, { handler_same = "no" })
    local _, errors = business.open():check("personal_issue", other, TODAY)
    check.equal(codes(errors), { "handler_name:missing", "handler_phone:missing", "handler_email:missing",
        "handler_document_type:missing", "handler_document_no:missing" })
end)

check.test("an empty form names every required field (S110)", function()
    local b = business.open()
    for kind, expected in pairs { unit_issue = 14, personal_issue = 19 } do
        local _, errors = b:check(kind, b:defaults(kind), TODAY)
        local missing = 0
        for _, e in ipairs(errors) do
            check.equal({ e.field, e.code }, { e.field, "missing" })
            missing = missing + 1
        end
        check.equal({ kind, missing }, { kind, expected })
    end
end)

check.test("only the old code asks for licence and tax numbers (S087, C13)", function()
    local b = business.open()
    local old = vectors.with(vectors.unit, { unit_document_type = "orgcode", unit_document_no = "12345678-8" })
    local _, errors = b:check("unit_issue", old, TODAY)
    check.equal(codes(errors), { "licence_no:missing", "tax_no:missing" })
    old.licence_no, old.tax_no = "430100000012345", "430100-123456789"
    local clean = clean_of("unit_issue", old)
    check.equal({ clean.licence_no, clean.tax_no }, { "430100000012345", "430100123456789" })
    local _, wrong = b:check("unit_issue", vectors.with(old, { unit_document_no = "91430100MA4L00001J" }), TODAY)
    check.equal(codes(wrong), { "unit_document_no:format" })
end)

check.test("a section is judged alone (C25)", function()
    local b = business.open()
    local clean, errors = b:check("unit_issue", { handler_name = "李示范", handler_document_type = "idcard" },
        { section = "handler", today = vectors.today })
    check.equal(codes(errors), { "handler_phone:missing", "handler_email:missing", "handler_document_no:missing" })
    check.equal(errors[1].section, "handler")
    check.equal(clean, { handler_name = "李示范", handler_document_type = "idcard" })
    local titles = {}
    for i, section in ipairs(b:form("unit_issue").sections) do
        titles[i] = section.title
    end
    check.equal(titles, { "单位信息", "经办人信息", "年限、签章与价格", "验证问题与介质", "核对并提交" })
    check.equal({ b:form("unit_issue").submit, b:form("personal_issue").submit }, { "提交数据", "提交证书申请" })
end)

check.test("sentences say what to do", function()
    local _, errors = business.open():check("unit_issue", vectors.with(vectors.unit, { handler_phone = "0731-88886666",
        unit_document_no = "91430100MA4L00001K", unit_name = "", years = "6" }), TODAY)
    local said = {}
    for _, e in ipairs(errors) do
        said[e.field] = e.message
    end
    check.equal(said, { handler_phone = "经办人联系电话：此处须填手机号，用于接收短信", unit_name = "请填写单位名称", years = "请选择证书申请年限",
        unit_document_no = "单位证件号码有误，请逐位核对（校验位不符）" })
end)

check.once("pages see fields in words", function()
    local b = business.open()
    local clean = clean_of("unit_issue", vectors.with(vectors.unit, { years = "3" }))
    local shown = {}
    for _, section in ipairs(b:sections("unit_issue", clean, TODAY)) do
        for _, f in ipairs(section.fields) do
            shown[f.id] = f
        end
    end
    check.equal(shown.handler_phone.text, "138 0013 8000")
    check.equal(shown.years.text, "三年")
    check.equal(shown.expiry.text, "2029年11月24日")
    check.equal({ shown.answer.text, shown.answer.value }, { "已填写", "" })
    check.equal(shown.unit_region.text, "湖南省长沙市芙蓉区")
    check.equal({ shown.licence_no.readonly, shown.unit_fax.required, shown.unit_name.required }, { true, false, true })
    check.equal({ shown.unit_document_no.type, shown.unit_name.type, shown.years.type, shown.licence_no.type, shown.handler_document_no.type },
        { "uscc", "text", "radio", "readonly", "idcard" })
    check.equal({ shown.licence_no.value, shown.unit_region.tree[1].code }, { "91430100MA4L00001J", "110000" })
end)

check.test("a change undoes what it feeds (C28)", function()
    local b = business.open()
    local function undone(kind, base, changes)
        task.sleep(1) -- a task may compute for a second at most, and collection may be harsh here
        local before, after = clean_of(kind, base), clean_of(kind, vectors.with(base, changes))
        local c = b:changed(kind, before, after)
        return { c.print, c.identity, c.price, b:mark(kind, before) == b:mark(kind, after) }
    end
    check.equal(undone("unit_issue", vectors.unit, {}), { false, false, false, true })
    check.equal(undone("unit_issue", vectors.unit, { unit_phone = "0731-88886667" }), { true, false, false, false })
    check.equal(undone("unit_issue", vectors.unit, { handler_name = "赵示范" }), { true, true, false, false })
    check.equal(undone("unit_issue", vectors.unit, { years = "2" }), { true, false, true, false })
    check.equal(undone("unit_issue", vectors.unit, { question = "book" }), { false, false, false, true })
    check.equal(undone("personal_issue", vectors.personal, { applicant_name = "王范例" }), { true, true, false, false })
    check.equal(undone("personal_issue", vectors.personal, { department = "财务部" }), { true, false, false, false })
end)

check.test("delivery is asked for a token only (S137, C11)", function()
    local b = business.open()
    local function errors_of(values)
        local _, errors = b:check("unit_issue", values, { which = "delivery", today = vectors.today })
        return codes(errors)
    end
    check.equal(errors_of { medium = "soft" }, json.array {})
    check.equal(errors_of { medium = "ukey" }, { "delivery:missing" })
    check.equal(errors_of { medium = "ukey", delivery = "onsite" }, { "point:missing" })
    check.equal(errors_of { medium = "ukey", delivery = "onsite", point = "center" }, json.array {})
    check.equal(errors_of { medium = "ukey", delivery = "courier" }, { "receiver_name:missing", "receiver_phone:missing",
        "receiver_region:missing", "receiver_address:missing" })
end)

check.test("delivery and invoice are prefilled (S138, S183)", function()
    local b = business.open()
    local unit, personal = clean_of("unit_issue", vectors.unit), clean_of("personal_issue", vectors.personal)
    local delivery = b:defaults("unit_issue", "delivery", unit)
    check.equal({ delivery.receiver_name, delivery.receiver_phone, delivery.receiver_region, delivery.delivery },
        { "李示范", "13800138000", "430102", "courier" })
    local invoice = b:defaults("unit_issue", "invoice", unit)
    check.equal({ invoice.invoice_title, invoice.invoice_tax_no, invoice.invoice_email },
        { "示范建筑工程有限公司", "91430100MA4L00001J", "clerk@example.com" })
    check.equal(b:defaults("personal_issue", "invoice", personal).invoice_tax_no, nil)
    local _, errors = b:check("unit_issue", vectors.with(delivery, { medium = "ukey" }), { which = "delivery" })
    check.equal(codes(errors), json.array {})
end)

check.test("every kind has a template on every medium it offers (C11, S225)", function()
    local b = business.open()
    for _, kind in ipairs(b:kinds()) do
        for _, medium in ipairs(b:form(kind.id).by_id.medium.options) do
            check.equal(b:template(kind.id, medium.value).issued, true)
        end
    end
    check.equal(b:template("unit_issue", "card"), nil)
    local labels = {}
    for i, t in ipairs(bundle.read(bundle.shipped(), "templates:rows")) do
        labels[i] = t.label
    end
    check.equal({ labels[1], labels[2] }, { "SM2机构证书", "ZJT个人证书" })
end)
