-- SPDX-License-Identifier: Apache-2.0
-- register: 请录入注册网站的必要信息, its result, and the link that was mailed.
local account = use "system/service/account"
local csrf = use "lib/csrf"
local form = use "lib/form"
local limited = use "system/service/limited"
local page = use "lib/page"
local proof = use "system/page/account/proof"
local registration = use "system/service/registration"
local target = use "system/service/target"

local crumbs = { { label = "新用户注册" } }

-- The fields as they are drawn: above each stands what it asks for.
local function drawn()
    local out = {}
    for i, field in ipairs(registration.fields) do
        local one = {}
        for name, value in pairs(field) do
            one[name] = value
        end
        one.label = field.ask or field.label
        out[i] = one
    end
    return out
end

local fields = drawn()

local function show(req, status, values, errors, sent)
    local way = proof.way(req)
    return page.send_form(req, status, "account/register", {
        title = "新用户注册",
        crumbs = crumbs,
        fields = fields,
        values = values,
        errors = errors,
        messages = form.by_field(errors),
        sent = sent,
        proof = proof.data(req, "register", way, "上面填写的手机号码", "phone", values.phone),
    })
end

http.get("/register", function(req)
    return show(req, 200, { shown = "phone" }, {})
end)

-- Buttons beside 注册: another way to prove, or a code. Nothing is judged but what they need.
local function is_other_button(req)
    return req:field("_switch") ~= nil or req:field("_send_sms") ~= nil
end

local function other_button(req, clean)
    if req:field("_switch") then
        return show(req, 200, clean, {})
    end
    local name, to, sentence = target.of("register", req:field("phone"), req)
    local wrong = not name and { field = "phone", code = "format", message = sentence } or proof.send(req, "register", name, to)
    return show(req, wrong and 422 or 200, clean, wrong and { wrong } or {}, not wrong)
end

-- A landline gets no SMS.
local function check_way(way, clean, errors)
    if way == "sms" and #errors == 0 and not account.is_mobile(clean.phone) then
        errors[1] = { field = "sms", code = "not_mobile", message = "固定电话收不到短信，请改用图片验证码，或填写手机号码" }
    end
end

local function taken(req, clean)
    return show(req, 422, clean, { { field = "phone", code = "taken", message = "这个手机号码已经注册过，请直接登录；忘记密码可以重新设置" } })
end

local function done(req, clean, way)
    return page.send(req, 200, "account/registered", { title = "注册成功", crumbs = crumbs, way = way, email = clean.email,
        login = clean[clean.shown], landline = not account.is_mobile(clean.phone), phone = clean.phone })
end

http.post("/register", function(req)
    csrf.check(req)
    limited.check(req, "register", 30, 20000)
    local clean, errors = form.check(registration.fields, form.read(registration.fields, req))
    if is_other_button(req) then
        return other_button(req, clean)
    end
    local way = proof.way(req)
    registration.check_password(clean, { clean.phone, string.match(clean.email, "^[^@]*") }, errors, registration.fields[4])
    check_way(way, clean, errors)
    local good, wrong = proof.check(req, "register", way, clean.phone)
    errors[#errors + 1] = wrong
    if #errors > 0 then
        return show(req, 422, clean, errors)
    end
    local key, why = registration.add(clean, way, good)
    if why == "taken" then
        return taken(req, clean)
    elseif not key then
        return show(req, 422, clean, { { field = way, code = "spent", message = "验证码已经用过，请重新验证" } })
    end
    return done(req, clean, way)
end)

local function show_link(req, status, data)
    data.title, data.crumbs = data.title or "确认邮箱", { { label = "确认邮箱" } }
    return page.send_form(req, status, "account/confirm", data)
end

http.get("/confirm/{token}", function(req)
    local link = registration.link(req:param("token"))
    return show_link(req, link and 200 or 404, { email = link and link.email, action = req:path() })
end, { no_store = true })

http.post("/confirm/{token}", function(req)
    csrf.check(req)
    local key, why = registration.confirm(req:param("token"))
    return show_link(req, key and 200 or why == "taken" and 409 or 404, { done = key ~= nil, taken = why == "taken",
        title = key and "邮箱已确认" or nil })
end, { no_store = true })
