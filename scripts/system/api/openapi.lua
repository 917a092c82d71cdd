-- SPDX-License-Identifier: Apache-2.0
-- openapi: GET /api/openapi.json: OpenAPI 3.1, made from what was declared with system/api/lib and from nothing else.
local api = use "system/api/lib"
local shape = use "system/api/shape"
local site = use "lib/site"

local texts = {
    [401] = "没有登录，或者登录已经过期", [403] = "没有权限", [404] = "没有，或者不属于您", [409] = "与现在的状态不符，或者其他人刚刚更改了内容",
    [412] = "If-Match 与现在的 ETag 不同", [413] = "内容太大", [415] = "内容的类型不对", [422] = "内容有误：errors 与页面上的说明一致",
    [428] = "缺少 If-Match", [429] = "太频繁；Retry-After 说明几秒以后再试", [503] = "系统繁忙；Retry-After 说明几秒以后再试",
}

local headings = {
    account = "注册、登录和账号", cases = "申请：填写、提交、领取方式", certificates = "证书：下载、冻结、解冻、撤销", identity = "身份识别",
    kinds = "业务种类和申请表", materials = "材料", money = "订单和支付", review = "审核", shipments = "寄送", staff = "工作人员和待办",
    try = "试用模式：代替手机、邮箱和收银台",
}

local problem = {
    type = "object",
    required = { "type", "title", "status", "detail", "request_id" },
    properties = {
        type = { type = "string" }, title = { type = "string" }, status = { type = "integer" },
        detail = { type = "string", description = "给用户看的一句话" },
        request_id = { type = "string", description = "联系客服时的编号" },
        errors = { type = "array", items = {
            type = "object", required = { "field", "code", "message" },
            properties = { field = { type = "string" }, code = { type = "string" }, message = { type = "string" } } } },
    },
}

local function copy(value)
    if type(value) ~= "table" then
        return value
    end
    local out = {}
    for k, v in pairs(value) do
        out[k] = copy(v)
    end
    return #out > 0 and json.array(out) or out
end

-- Tables without members are objects here; a list that is empty says nothing and is left out.
local function schema_of(schema)
    local out = copy(schema)
    if out.required and #out.required == 0 then
        out.required = nil
    end
    return out
end

local function parameter(name, place, schema, required)
    schema = schema_of(schema or { type = "string" })
    local description = schema.description
    schema.description = nil
    return { name = name, ["in"] = place, required = required or place == "path", description = description, schema = schema }
end

local function parameters(decl)
    local list = json.array {}
    for name in string.gmatch(decl.path, "{([%w_]+)}") do
        list[#list + 1] = parameter(name, "path", decl.params and decl.params[name])
    end
    for _, one in ipairs(decl.query or {}) do
        list[#list + 1] = parameter(one[1], "query", one[2], one[3])
    end
    if decl.idempotent then
        list[#list + 1] = { ["$ref"] = "#/components/parameters/IdempotencyKey" }
    end
    if decl.match then
        list[#list + 1] = { ["$ref"] = "#/components/parameters/IfMatch" }
    end
    return list
end

local function content(kind, schema)
    return { [kind or "application/json"] = { schema = schema } }
end

local function request_body(decl)
    if decl.body then
        return { required = true, content = content(decl.takes, schema_of(decl.body)) }
    elseif decl.takes then
        return { required = true, content = content(decl.takes, { type = "string", contentMediaType = decl.takes }) }
    end
    return nil
end

local function success(decl)
    local out = { description = "成功" }
    if decl.gives then
        out.content = content(decl.gives, { type = "string", contentMediaType = decl.gives })
    elseif decl.returns then
        out.content = content(nil, schema_of(decl.returns))
    end
    if decl.etag then
        out.headers = { ETag = { description = "读到的状态，更改时作为 If-Match 给出", schema = { type = "string" } } }
    end
    return out
end

-- Which problems a route can answer follows from what it declares.
local function problems(decl)
    local possible = { [429] = true, [503] = true }
    if decl.auth ~= "none" then
        possible[401], possible[403] = true, true
    end
    if string.find(decl.path, "{", 1, true) then
        possible[404] = true
    end
    if decl.method ~= "GET" then
        possible[409], possible[413], possible[415], possible[422] = true, true, true, true
    end
    if decl.query then
        possible[422] = true
    end
    if decl.match then
        possible[412], possible[428] = true, true
    end
    for status in pairs(decl.answers or {}) do
        possible[status] = true
    end
    return possible
end

local function responses(decl)
    local out = { [tostring(decl.status)] = success(decl) }
    for status in pairs(problems(decl)) do
        local own = decl.answers and decl.answers[status]
        out[tostring(status)] = own and { description = own, content = content("application/problem+json", api.ref "Problem") }
            or { ["$ref"] = "#/components/responses/Problem" .. status }
    end
    if decl.etag and decl.method == "GET" then
        out["304"] = { description = "If-None-Match 是现在的 ETag" }
    end
    return out
end

local function description(decl)
    if type(decl.auth) ~= "table" then
        return decl.description
    end
    return (decl.description and decl.description .. "\n\n" or "") .. "角色：" .. table.concat(decl.auth, "、")
end

local function operation(decl)
    return {
        operationId = decl.id, summary = decl.summary, description = description(decl), tags = json.array { decl.tag or "other" },
        parameters = parameters(decl), requestBody = request_body(decl), responses = responses(decl),
        security = decl.auth == "none" and json.array {} or json.array { { cookie = json.array {} }, { bearer = json.array {} } },
    }
end

-- What ends a token (service/session): a program is told of no end but by 401.
local BEARER = "登录接口给出的 token。30 分钟不用或登录满 8 小时即失效；修改密码、账号角色变动后原 token 全部失效，修改密码的答复中有新 token。"
    .. "带着原 token 再次登录会换发新 token，原 token 随即失效；不带则各自有效。token 不能续期：收到 401 后请重新登录。"

local function components()
    local out = {
        schemas = { Problem = problem }, responses = {},
        parameters = {
            IdempotencyKey = { name = "Idempotency-Key", ["in"] = "header", description = "同一个键在 24 小时内只办一次，再次发送得到第一次的结果",
                schema = { type = "string", maxLength = 255 } },
            IfMatch = { name = "If-Match", ["in"] = "header", required = true, description = "读到的 ETag", schema = { type = "string" } },
        },
        securitySchemes = {
            cookie = { type = "apiKey", ["in"] = "cookie", name = "session", description = "浏览器登录以后的 Cookie；加密连接上名为 __Host-session" },
            bearer = { type = "http", scheme = "bearer", description = BEARER },
        },
    }
    for name, schema in pairs(shape.components) do
        out.schemas[name] = schema_of(schema)
    end
    for status, text in pairs(texts) do
        out.responses["Problem" .. status] = { description = text, content = content("application/problem+json", api.ref "Problem") }
    end
    return out
end

local function tags()
    local seen, list = {}, json.array {}
    for _, decl in ipairs(api.declared) do
        local name = decl.tag or "other"
        if not seen[name] then
            seen[name] = true
            list[#list + 1] = { name = name, description = headings[name] }
        end
    end
    return list
end

local function document()
    local paths = {}
    for _, decl in ipairs(api.declared) do
        paths[decl.path] = paths[decl.path] or {}
        paths[decl.path][string.lower(decl.method)] = operation(decl)
    end
    return {
        openapi = "3.1.0",
        info = { license = { name = "Apache-2.0", identifier = "Apache-2.0" }, title = (site.get().title or site.get().name) .. " API", version = "1",
            description = "金额以分为单位，时刻是 1970 年以来的毫秒，日期为 2026-11-24。错误为 application/problem+json（RFC 9457）。" },
        servers = json.array { { url = "/" } },
        tags = tags(), paths = paths, components = components(),
    }
end

-- Made once for each generation of scripts: declarations do not change while it lives.
local made = {}

http.get("/api/openapi.json", function(req)
    made.text = made.text or json.encode(document())
    made.tag = made.tag or '"' .. string.sub(crypto.sha256(made.text), 1, 32) .. '"'
    req:set_header("ETag", made.tag)
    if req:header("If-None-Match") == made.tag then
        return req:empty(304)
    end
    return req:bytes(200, "application/json", made.text)
end, { api = true })
