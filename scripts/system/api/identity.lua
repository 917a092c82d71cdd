-- SPDX-License-Identifier: Apache-2.0
-- identity API: the state of the check and the ways to it, for programs; in try-it mode also the phone's part.
local api = use "system/api/lib"
local case = use "system/service/case"
local face = use "system/gateway/face"
local identity = use "system/service/identity"
local link = use "system/service/link"
local quota = use "system/service/quota"

local Identity = api.schema("Identity", { type = "object", properties = {
    state = { type = "string", enum = { "none", "passed", "manual", "expired", "again" } }, name = { type = "string", description = "须识别的人，姓名已遮盖" },
    phone = { type = { "string", "null" } }, method = { type = { "string", "null" }, enum = { "face", "counter", "manual", json.null } },
    at = { type = { "string", "null" } }, ends = { type = { "string", "null" }, description = "有效期至" },
    reason = { type = { "string", "null" } }, open = { type = "boolean", description = "现在可以识别" } } })

local Link = api.schema("Link", { type = "object", properties = {
    url = { type = { "string", "null" }, description = "在手机上打开，只能用一次；短信发送的不给出" }, way = { type = "string", enum = { "qr", "sms" } },
    until_ms = { type = "integer" } } })

local function stamp(ms)
    return ms and time.rfc3339(ms) or json.null
end

local function shown(row)
    local one = identity.of(row)
    return { state = one.state, name = one.name, phone = one.phone or json.null, method = one.method or json.null, at = stamp(one.at),
        ends = stamp(one.ends), reason = one.reason or json.null, open = one.open }
end

api.get("/api/v1/cases/{key}/identity", {
    id = "getIdentity", tag = "identity", summary = "身份识别的状态", returns = Identity,
}, function(req, user)
    return 200, shown(case.get(user, req:param("key")))
end)

local function by_sms(row)
    local wait = identity.sms(row.account, row)
    if wait > 0 then
        fail("E_CONFLICT", "短信发送得太频繁，请 " .. quota.text(wait) .. "后再试")
    end
    return { url = json.null, way = "sms", until_ms = link.current(row.key, "identity", row.account, "sms").until_ms }
end

api.post("/api/v1/cases/{key}/identity/link", {
    id = "makeIdentityLink", tag = "identity", summary = "生成在手机上办理身份识别的一次性链接，或用短信发给本人", returns = Link, status = 201,
    idempotent = false, body = { type = "object", additionalProperties = false, properties = {
        way = { type = "string", title = "方式", enum = { "qr", "sms" }, description = "不写为 qr" } } },
}, function(req, user, body)
    local row = case.get(user, req:param("key"))
    identity.must_take(row)
    if body.way == "sms" then
        return 201, by_sms(row)
    end
    local made = link.make(row.key, "identity", { account = user.account, way = "qr" })
    return 201, { url = made.url, way = "qr", until_ms = made.row.until_ms }
end)

api.delete("/api/v1/cases/{key}/identity/link", {
    id = "cancelIdentityLink", tag = "identity", summary = "取消还没有用过的链接", status = 204,
}, function(req, user)
    link.cancel(user, case.get(user, req:param("key")).key, "identity")
    return 204
end)

api.post("/api/v1/cases/{key}/identity/compare", {
    id = "askComparison", tag = "identity", summary = "不做人脸识别，由审核员人工比对", returns = Identity,
}, function(req, user)
    local row = case.get(user, req:param("key"))
    identity.compare(user, row.key)
    return 200, shown(case.get(user, row.key))
end)

-- What a phone does behind the link, in one call: consent, camera, verdict.
local function pass(req, body)
    local found, why = link.find(req, string.match(body.url, "/h/([%w_-]+)$") or "")
    if not found or found.purpose ~= "identity" then
        fail("E_NOT_FOUND", "链接无效、已用过或已过期（" .. (why or "unknown") .. "）")
    end
    local more = { consent = { at = time.now(), text = "" }, check = identity.begin(found) }
    local device = link.claim(req, found, more) or fail("E_CONFLICT", "链接已在另一台手机上打开")
    found.device, found.check = device, more.check
    return identity.judge(found, { frames = {}, said = body.verdict })
end

if face.adapter() and face.adapter().is_try then
    api.post("/api/v1/try/face", {
        id = "tryFace", tag = "try", summary = "试用：代替手机完成一次人脸识别", auth = "none",
        body = { type = "object", required = { "url" }, additionalProperties = false, properties = {
            url = { type = "string", title = "链接", maxLength = 200 },
            verdict = { type = "string", title = "结果", enum = { "passed", "failed", "timeout" } } } },
        returns = { type = "object", properties = { verdict = { type = "string" }, reason = { type = { "string", "null" } } } },
    }, function(req, _, body)
        local said = pass(req, body)
        return 200, { verdict = said.verdict, reason = said.reason or json.null }
    end)
end
