-- SPDX-License-Identifier: Apache-2.0
-- kinds: one row for each business that can be applied for.
--   type       business type of lists.lua            subject    certificate type of lists.lua
--   person     whose face is checked (C30): prefix of the fields that name the person
--   fields     which field holds what every list, mail and certificate needs
--   templates  ids of templates.lua in order of preference; the first that is issued on the chosen medium is taken
--   suspend    { from, to, text }: no new application between these days, and what the page says, for example
--              suspend = { from = "2027-02-05", to = "2027-02-11", text = "春节期间暂停受理，2 月 12 日恢复。" },
return {
    {
        id = "unit_issue", label = "单位证书", title = "单位证书制作申请表", type = "issue", subject = "unit",
        menu = { group = "apply", label = "申请单位证书", order = 1 },
        flow = "unit_issue", form = "unit", delivery = "delivery", invoice = "invoice",
        templates = { "sm2_unit", "p256_unit" }, guide = "unit_issue", agreement = "agreement",
        prints = { "unit_form", "agreement", "authorization" },
        person = "handler",
        fields = { user_name = "user_name", subject = "unit_name", unit = "unit_name", email = "unit_email",
            region = "unit_region", address = "unit_address", handler = "handler_name", notify = { "handler_phone" } },
        suspend = false,
    },
    {
        id = "personal_issue", label = "个人证书", title = "个人证书制作申请表", type = "issue", subject = "person",
        menu = { group = "apply", label = "申请个人证书", order = 2 },
        flow = "personal_issue", form = "personal", delivery = "delivery", invoice = "invoice",
        templates = { "zjt_person", "p256_person" }, guide = "personal_issue", agreement = "agreement",
        prints = { "personal_form", "agreement", "authorization" },
        person = "applicant",
        fields = { user_name = "user_name", subject = "applicant_name", unit = "work_unit", email = "applicant_email",
            region = "applicant_region", address = "applicant_address", handler = "handler_name",
            notify = { "handler_phone", "applicant_mobile" } },
        suspend = false,
    },
}
