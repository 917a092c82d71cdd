-- SPDX-License-Identifier: Apache-2.0
-- identity API: where the identity check of a case stands, a link for the person's phone, comparison by staff; in try-it mode
-- the verdict of the face check too.
local api = use "system/api/lib"
local case = use "system/service/case"
local identity = use "system/service/identity"
local link = use "system/service/link"
local quota = use "system/service/quota"

local Identity = api.schema("Identity", { type = "object", properties = {
    state = { type = "string", enum = { "none", "passed", "manual", "expired", "again" } }, who = { type = "string" },
    name = { type = "string" }, open = { type = "boolean", description = "现在可以识别" }, ends = { type = { "string", "null" } },
    method = { type = { "string", "null" } }, reason = { type = { "string", "null" } } } })

local function shown(row)
    local i = identity.of(row)
    return { state = i.state, who = i.who, name = i.name, open = i.open, ends = i.ends and time.rfc3339(i.ends) or json.null,
        method = i.method or json.null, reason = i.reason or json.null }
end

local function must_be_open(row)
    if not identity.of(row).open then
        fail("E_CONFLICT", "申请现在不需要身份识别")
    end
end

api.get("/api/v1/cases/{key}/identity", {
    id = "getIdentity", tag = "identity", summary = "身份识别的状态", returns = Identity,
}, function(req, user)
    return 200, shown(case.get(user, req:param("key")))
end)

api.post("/api/v1/cases/{key}/identity/link", {
    id = "makeIdentityLink", tag = "identity", summary = "手机识别的链接：way = qr 得到链接，way = sms 发送到本人手机", idempotent = false,
    body = { type = "object", required = { "way" }, additionalProperties = false, properties = {
        way = { type = "string", enum = { "qr", "sms" } } } },
    returns = { type = "object", properties = { url = { type = "string" } } },
}, function(req, user, body)
    local row = case.get(user, req:param("key"))
    must_be_open(row)
    if body.way == "qr" then
        return 200, { url = link.make(row.key, "identity", { account = user.account, way = "qr" }).url }
    end
    local wait = identity.sms(row.account, row)
    if wait > 0 then
        return req:problem(429, "短信发送得太频繁，请 " .. quota.text(wait) .. "后再试")
    end
    return 200, {}
end)

api.post("/api/v1/cases/{key}/identity/compare", {
    id = "askComparison", tag = "identity", summary = "改由审核员人工比对", returns = Identity,
}, function(req, user)
    identity.compare(user, req:param("key"))
    return 200, shown(case.get(user, req:param("key")))
end)

-- The phone in short: a link is taken, the camera is left out, and the verdict is what the caller says.
local function judge(row, user, verdict)
    local key = link.make(row.key, "identity", { account = user.account, way = "qr" }).key
    local l = store.get("link", key)
    l.key = key
    l.check = identity.begin(l)
    return identity.judge(l, { frames = {}, said = verdict })
end

if config.try_mode == true then
    api.post("/api/v1/cases/{key}/identity/try", {
        id = "tryIdentity", tag = "try", summary = "试用：人脸识别的结果由调用者给出", returns = Identity,
        body = { type = "object", required = { "verdict" }, additionalProperties = false, properties = {
            verdict = { type = "string", enum = { "passed", "failed", "timeout" } } } },
    }, function(req, user, body)
        local row = case.get(user, req:param("key"))
        must_be_open(row)
        judge(row, user, body.verdict)
        return 200, shown(case.get(user, row.key))
    end)
end
