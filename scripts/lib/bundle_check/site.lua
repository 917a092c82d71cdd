-- SPDX-License-Identifier: Apache-2.0
-- site: what the release itself asks the rules for by name: names and numbers of the hall, texts, messages, lists. All of them
-- are always live: without one, a page breaks for everybody at once.
local rules = use "lib/business/rules"

local check = {}

local SITE = { title = "text!", host = "text!", ca = "table!", hotline = "list!", hotline_text = "text!", contacts = "list!",
    email = "text!", bank = "table!", post = "table!", points = "list!", links = "list!", footer = "table!", days = "table!",
    expiry_reminders = "list!" }
local INSIDE = {
    ca = { name = "text!", short = "text!", mark = "text!" },
    bank = { holder = "text!", number = "text!", bank = "text!" },
    post = { receiver = "text!", phone = "text!", address = "text!", postcode = "text!" },
    footer = { host = "text!", record = "text!", police = "text!", site_code = "text!" },
    days = { soon = "integer!", download = "integer!", code = "integer!", identity = "integer!", phone_link_hours = "integer!" },
}
local POINT = { value = "text!", label = "text!", address = "text!", hours = "text!", phone = "text!" }

local TEXTS = { "confirm", "no_delivery", "download", "download_soft", "download_ukey", "keep_ukey", "fill_notes", "hand_upload",
    "identity", "identity_manual", "identity_onsite", "materials", "materials_done", "payment", "transfer", "after_print", "post", "finished",
    "activated", "activated_list", "collect", "collected", "print_once", "print_twice", "face_consent" }
local MESSAGES = { "code", "mail_code", "confirm", "download", "code_locked", "identity_link", "certificate_changed", "expiring",
    "account_changed", "waived", "invoice", "handed_over", "handed_to", "wish_granted",
    "wish_refused" }
local LISTS = { "business_types", "certificate_types", "deliveries", "questions", "return_reasons", "refuse_reasons", "revoke_reasons",
    "voucher_reasons" }

local function check_days(out, days)
    for name in pairs(INSIDE.days) do
        if math.type(days[name]) == "integer" and days[name] < 1 then
            out:wrong("site", "days." .. name, "days." .. name .. " 应为不小于 1 的整数")
        end
    end
end

local function check_site(out, r)
    local site = rules.read(r, "site")
    out:has("site", "", site, SITE)
    for name, shape in pairs(INSIDE) do
        if site[name] then
            out:has("site", name, site[name], shape)
        end
    end
    check_days(out, site.days or {})
    out:rows("site", "points", site.points, POINT, "value")
    out:rows("site", "contacts", site.contacts, { label = "text!", values = "list!" })
    out:rows("site", "links", site.links, { label = "text!", url = "text!" })
    for _, days in ipairs(site.expiry_reminders or {}) do
        if math.type(days) ~= "integer" then
            out:wrong("site", "expiry_reminders", "expiry_reminders 应为整数的列表")
        end
    end
end

local function check_named(out, file, declared, names, what)
    for _, name in ipairs(names) do
        if declared[name] == nil then
            out:wrong(file, "", what .. "“" .. name .. "”不存在，系统要用到它")
        end
    end
end

-- check.run(out, r, messages): messages = set of the ids of all of them
function check.run(out, r, messages)
    out:try("site", check_site, out, r)
    check_named(out, "content/texts", rules.read(r, "content/texts"), TEXTS, "固定文字")
    check_named(out, "messages/sms", messages, MESSAGES, "消息")
    check_named(out, "lists", rules.read(r, "lists"), LISTS, "选项列表")
end

return check
