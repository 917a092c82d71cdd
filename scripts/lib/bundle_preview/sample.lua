-- SPDX-License-Identifier: Apache-2.0
-- sample: the invented applicant of a preview: the values of the first test of the kind, completed by the types of the fields.
local forms = use "lib/business/forms"
local rules = use "lib/business/rules"

local sample = {}

sample.NUMBER = "20261124000000000173"

local by_type = { text = "示范", textarea = "示范", name = "李示范", mobile = "13800138000", tel = "0731-88886666", email = "office@example.com",
    postcode = "410000", region = "430102", idcard = "430102199003070012", uscc = "91430100MA4L00001J", orgcode = "10000000-9",
    user_name = "shifan", date = "2026-11-24", number = "1" }

local function of_tests(b, kind_id)
    for _, name in ipairs(bundle.files(b:hash())) do
        local file = string.match(name, "^(tests/.+)%.lua$")
        local test = file and rules.read(b.r, file)
        if test and test.kind == kind_id then
            return test.values
        end
    end
    return {}
end

local function invented(f, values)
    local as = forms.effective(f, values)
    return f.options and f.options[1] and f.options[1].value or by_type[as.type]
end

-- sample.values(b, kind, chosen) -> new values of the form: the tests', what chosen says, and something in every field that must be filled
function sample.values(b, kind_id, chosen)
    local values = rules.with(rules.with(b:defaults(kind_id, "form"), of_tests(b, kind_id)), chosen)
    for _, f in ipairs(b:form(kind_id).order) do
        if forms.is_required(f, values) and (values[f.id] or "") == "" then
            values[f.id] = invented(f, values)
        end
    end
    return values
end

-- sample.others(b, kind, which, clean, chosen) -> new values of the delivery or the invoice form
function sample.others(b, kind_id, which, clean, chosen)
    local values = rules.with(b:defaults(kind_id, which, clean), { medium = clean.medium })
    for _, f in ipairs(b:form(kind_id, which).order) do
        values[f.id] = chosen[f.id] or values[f.id]
    end
    return values
end

-- sample.facts(kind, values, quote) -> what messages and papers are told
function sample.facts(kind, values, quote)
    return { kind = kind.label, number = sample.NUMBER, name = "李示范", subject = "示范建筑工程有限公司", amount = "620.00", title = "示范建筑工程有限公司",
        reason = "材料不清晰", code = "123456", minutes = 10, hours = 24, link = "https://example.com/h/sample", days = 30, count = 1,
        expiry = "2027-11-24", ["until"] = "2027-01-24", values = values, state = "材料提交", time = "2026年11月24日 09:00", items = "材料不清晰",
        courier = "示范快递", tracking = "SF0000000000", point = "示范受理点", what = "冻结", total = quote.total, lines = quote.lines,
        created = "2026年11月24日 09:00", order_name = kind.label, method = "支付宝", transaction = "2026112422001400000000000000",
        payer = "示范建筑工程有限公司", paid_at = "2026年11月24日 09:30" }
end

return sample
