-- SPDX-License-Identifier: Apache-2.0
-- Personal certificate. All data here is invented.
return {
    kind = "personal_issue",
    values = {
        applicant_name = "王示范", user_name = "wangsf", applicant_document_type = "idcard", applicant_document_no = "43010219881212002X",
        work_unit = "示范建筑工程有限公司", department = "工程部", applicant_email = "wang@example.com", applicant_phone = "0731-88886666",
        applicant_mobile = "13900139000", applicant_region = "430102", applicant_address = "示范路 1 号", applicant_postcode = "410000",
        handler_same = "yes", years = "1", seal = "no", signature = "no", question = "person", answer = "示范", medium = "ukey",
    },
    cases = {
        { name = "经办人与申请人相同时不重复填写", given = { state = "draft", agreed = "2026-1" }, when = { event = "submit", by = "applicant" },
            expect = { state = "submitted", errors = {} } },
        { name = "另有经办人时须填写", given = { values = { handler_same = "no" } },
            expect = { errors = { "handler_name", "handler_phone", "handler_email", "handler_document_type", "handler_document_no" } } },
        { name = "签名另需印模", given = { state = "materials", values = { signature = "yes" }, have = { "form", "unit_document", "authorization",
            "applicant_document", "handler_document" } }, expect = { missing = { "signature_imprint" } } },
        { name = "两年的价格", given = { quote_date = "2026-11-24", values = { years = "2" } }, expect = { price = 25000 } },
        { name = "退回补正后回到审核", given = { state = "returned", identity = "passed", paid = true, returned = {},
            have = { "form", "unit_document", "authorization", "applicant_document", "handler_document" } },
            when = { event = "registered", by = "applicant" }, expect = { state = "review" } },
    },
}
