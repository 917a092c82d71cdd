-- SPDX-License-Identifier: Apache-2.0
-- identity page (S171–S173, C30): a QR code for the person's phone, a link by SMS, comparison by staff; it moves on by itself.
local case = use "system/service/case"
local csrf = use "lib/csrf"
local guard = use "system/service/guard"
local identity = use "system/service/identity"
local link = use "system/service/link"
local onward = use "system/page/onward"
local quota = use "system/service/quota"
local shell = use "system/page/shell"

local TITLE = "身份识别"

-- The QR code of this page; one is made when there is none. One that the phone has taken is not shown again.
local function qr_of(row, user, state)
    if not state.open or state.state == "passed" or state.state == "manual" or not identity.has_face() then
        return nil
    end
    local found = link.current(row.key, "identity", user.account) or link.make(row.key, "identity", { account = user.account, way = "qr" })
    local taken = found.device ~= nil
    return { svg = not taken and qr.svg(found.url, "身份识别二维码") or nil, url = found.url, path = "/h/" .. found.token, taken = taken,
        ends = found.until_ms or time.now() + found.ms }
end

local SAID = { passed = "身份识别已通过", manual = "已选择人工比对" }

local function show(req, status, user, row, opts)
    opts = opts or {}
    local b, state = case.rules(row), identity.of(row)
    local data = shell.data(req, user, row, TITLE, 3)
    data.base, data.changes, data.person = data.href .. "/identity", data.href .. "/changes", state
    data.qr, data.sms = qr_of(row, user, state), link.current(row.key, "identity", row.account, "sms")
    data.earlier = state.earlier and table.concat(html.helpers.fours(store.get("case", state.earlier).number), " ")
    data.waits = state.state ~= "passed" and (data.qr ~= nil or state.state == "manual")
    data.refresh = data.waits and 5 or nil
    state.ends_text = state.ends and string.match(time.text(state.ends), "^%S+")
    data.lines = b:text("identity", { who = state.who, name = state.name })
    data.manual, data.onsite = b:text("identity_manual", {})[1], b:text("identity_onsite", { who = state.who })[1]
    data.onward = (state.state == "passed" or state.state == "manual") and onward.of(row) or nil
    data.has_face = identity.has_face()
    data.said = SAID[state.state] or data.qr and data.qr.taken and "手机已连接" or "等待身份识别"
    data.sent, data.refused, data.errors = req:query("sent") == "1", opts.refused, {}
    return shell.send(req, status, "case/identity", data)
end

http.get("/case/{key}/identity", guard.user(function(req, user)
    local row = case.get(user, req:param("key"))
    if row.state == "draft" or row.state == "submitted" then
        return req:redirect("/case/" .. row.key .. (row.state == "draft" and "/form" or "/confirm"))
    end
    return show(req, 200, user, row)
end), { no_store = true })

-- Back to the page; what is refused is said there.
local function act(req, user, row, query, run)
    local ok, e = pcall(run)
    if ok then
        return req:redirect("/case/" .. row.key .. "/identity" .. query)
    elseif type(e) == "table" and e.code == "E_CONFLICT" then
        return show(req, 409, user, case.get(user, row.key), { refused = e.message })
    end
    return error(e, 0)
end

http.post("/case/{key}/identity/qr", guard.user(function(req, user)
    csrf.check(req)
    local row = case.get(user, req:param("key"))
    return act(req, user, row, "", function()
        link.cancel(user, row.key, "identity")
    end)
end), { no_store = true })

http.post("/case/{key}/identity/sms", guard.user(function(req, user)
    csrf.check(req)
    local row = case.get(user, req:param("key"))
    return act(req, user, row, "?sent=1", function()
        identity.must_take(row)
        local wait = identity.sms(row.account, row)
        if wait > 0 then
            fail("E_CONFLICT", "短信发送得太频繁，请 " .. quota.text(wait) .. "后再试")
        end
    end)
end), { no_store = true })

http.post("/case/{key}/identity/compare", guard.user(function(req, user)
    csrf.check(req)
    local row = case.get(user, req:param("key"))
    return act(req, user, row, "", function()
        identity.compare(user, row.key)
    end)
end), { no_store = true })
