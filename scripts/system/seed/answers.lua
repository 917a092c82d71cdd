-- SPDX-License-Identifier: Apache-2.0
-- answers: an application filled in by nobody, as the form takes it.
local invent = use "system/seed/invent"

local answers = {}

local function handler(n, salt)
    return { handler_name = invent.name(n, salt), handler_phone = invent.mobile(n), handler_email = invent.mail(n),
        handler_document_type = "idcard", handler_document_no = invent.id_number(n, salt) }
end

local function closing(n, medium, out)
    out.years, out.seal = tostring(1 + invent.mixed(n, 41) % 3), "no"
    out.question, out.answer, out.medium = "book", "示例", medium
    return out
end

local function unit(n)
    local out = handler(n, 50)
    out.user_name, out.unit_name, out.unit_phone = "s" .. n, invent.unit(n), "0731-8" .. string.format("%07d", n % 10000000)
    out.unit_email, out.unit_region, out.unit_address, out.unit_postcode = invent.mail(n), invent.region(n), invent.address(n), "410000"
    out.unit_document_type, out.unit_document_no = "uscc", invent.credit_code(n)
    return out
end

local function personal(n)
    return { handler_same = "yes", user_name = "s" .. n, applicant_name = invent.name(n, 60), applicant_document_type = "idcard",
        applicant_document_no = invent.id_number(n, 60), work_unit = invent.unit(n), department = "工程部",
        applicant_email = invent.mail(n), applicant_phone = invent.mobile(n), applicant_mobile = invent.mobile(n),
        applicant_region = invent.region(n), applicant_address = invent.address(n), applicant_postcode = "410000", signature = "no" }
end

local makers = { unit_issue = unit, personal_issue = personal }

-- answers.of(kind, n, medium) -> { field = text } as somebody would have posted it
function answers.of(kind, n, medium)
    return closing(n, medium, makers[kind](n))
end

function answers.delivery(values, medium)
    if medium == "soft" then
        return {}
    end
    return { delivery = "courier", receiver_name = values.handler_name, receiver_phone = values.handler_phone,
        receiver_region = values.unit_region or values.applicant_region,
        receiver_address = values.unit_address or values.applicant_address }
end

return answers
