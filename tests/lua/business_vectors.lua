-- SPDX-License-Identifier: Apache-2.0
-- business_vectors: applications that are right in every field, for the tests that change one thing.
local rules = use "lib/business/rules"

local vectors = {}

vectors.today = "2026-11-24"

vectors.unit = {
    user_name = "sfjz001", unit_name = "示范建筑工程有限公司", unit_phone = "0731-88886666", unit_email = "office@example.com",
    unit_fax = "", unit_region = "430102", unit_address = "示范路 1 号", unit_postcode = "410000",
    unit_document_type = "uscc", unit_document_no = "91430100MA4L00001J",
    handler_name = "李示范", handler_phone = "13800138000", handler_email = "clerk@example.com",
    handler_document_type = "idcard", handler_document_no = "430102199003070012",
    years = "1", seal = "no", question = "person", answer = "示范", medium = "ukey",
}

vectors.personal = {
    applicant_name = "王示范", user_name = "wangsf", applicant_document_type = "idcard",
    applicant_document_no = "43010219881212002X", work_unit = "示范建筑工程有限公司", department = "工程部",
    applicant_email = "wang@example.com", applicant_phone = "0731-88886666", applicant_mobile = "13900139000",
    applicant_region = "430102", applicant_address = "示范路 1 号", applicant_postcode = "410000",
    handler_same = "yes", years = "2", seal = "no", signature = "no", question = "person", answer = "示范", medium = "ukey",
}

vectors.with = rules.with

return vectors
