-- SPDX-License-Identifier: Apache-2.0
-- agreement page: 同意 makes the draft and its number (S071–S074, C26).
local account = use "system/service/account"
local address = use "lib/address"
local application = use "system/service/application"
local case = use "system/service/case"
local csrf = use "lib/csrf"
local guard = use "system/service/guard"
local live = use "system/service/live"
local page = use "lib/page"

local function known(b, id)
    for _, kind in ipairs(b:kinds()) do
        if kind.id == id then
            return kind
        end
    end
    return fail("E_NOT_FOUND", "没有这项业务，请从“证书申请”选择")
end

local function show(req, status, user, errors)
    local b = live.rules()
    local kind = known(b, req:param("kind"))
    local suspended = b:suspended(kind.id, time.date(time.now()))
    return page.send_form(req, status, "case/agreement", {
        title = "服务协议", user = user, section = "apply", kind = kind, errors = errors, suspended = suspended,
        agreement = b:content(kind.agreement), version = application.agreement(b, kind.id).version, from = req:query("from"),
        crumbs = { { label = "证书申请", href = "/apply" }, { label = "申请" .. kind.label, href = "/apply/" .. kind.id }, { label = "服务协议" } },
    })
end

http.get("/apply/{kind}/agreement", guard.user(function(req, user)
    if account.lacks_mobile(user) then
        return req:redirect("/user/account/phone?to=" .. address.escape(req:target()))
    end
    return show(req, 200, user, {})
end))

http.post("/apply/{kind}/agreement", guard.user(function(req, user)
    csrf.check(req)
    local kind = known(live.rules(), req:param("kind"))
    local from = req:field("from")
    local ok, key = pcall(case.start, user, kind.id, { version = req:field("version"), from = from ~= "" and from or nil })
    if not ok then
        return type(key) == "table" and key.code == "E_CONFLICT" and show(req, 409, user, { { field = "agree", message = key.message } }) or error(key)
    end
    return req:redirect("/case/" .. key .. (from and from ~= "" and "/check" or "/form"))
end))

-- 类似申请证书: the agreement is asked again, then the answers are taken over (S208).
http.get("/case/{key}/similar", guard.user(function(req, user)
    local row = case.get(user, req:param("key"))
    return req:redirect("/apply/" .. row.kind .. "/agreement?from=" .. row.key)
end))
