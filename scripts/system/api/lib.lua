-- SPDX-License-Identifier: Apache-2.0
-- api: declares a route of the JSON API: who may call it, what it takes and gives, and what it does.
--
--   api.post("/api/v1/cases/{key}/agreement", {
--       id = "agree", tag = "cases", summary = "同意电子认证服务协议",
--       body = { type = "object", required = { "version" }, additionalProperties = false,
--           properties = { version = { type = "string", title = "协议版本", maxLength = 20 } } },
--       returns = api.ref "Case",
--   }, function(req, user, body, query)
--       return 200, value, { ETag = … }
--   end)
--
-- The declaration, all but id and summary optional:
--   tag          heading in the document            description   more than the summary
--   auth         "user" (unless told), "none" (user may be nil), or a list of staff roles of which one is needed
--   params       { key = schema } of the {names} in the path; texts unless told
--   query        { { "limit", schema [, required] } … }; the handler gets { limit = value } checked and of its type
--   body         schema of the JSON body (system/api/shape says what is known); without it the handler gets nil
--   returns      schema of the answer               status        of success, 200 unless told
--   answers      { [409] = "sentence" … }: problems of its own, for the document
--   idempotent   false: Idempotency-Key is not heeded (secrets, uploads); POST of users heeds it unless told
--   etag, match  true: answers an ETag; takes If-Match (api.match)
--   takes, gives media types instead of JSON ("multipart/form-data", "application/pdf"); then the handler reads or answers
--                itself; options = { body = "multipart", limit = … } go to http.post
--
-- A handler returns status, value and headers, or nothing when it has answered itself. It refuses by raising:
--   fail("E_NOT_FOUND", …) 404 · E_DENIED 403 · E_CONFLICT 409 · api.invalid(errors) 422 with the page's messages.
local auth = use "system/api/auth"
local once = use "system/api/once"
local shape = use "system/api/shape"

local api = { declared = {} }

local KEPT_BYTES = 32 * 1024

-- Raises 422 with { field, code, message } … exactly as the page says it.
function api.invalid(errors, sentence)
    fail("E_INVALID", sentence or "信息有误，请检查填写的内容", { errors = json.array(errors) })
end

-- api.schema(name, schema) -> reference to it; api.ref(name) -> the same, also before it is declared
function api.schema(name, schema)
    shape.components[name] = schema
    return api.ref(name)
end

function api.ref(name)
    return { ["$ref"] = "#/components/schemas/" .. name }
end

-- The tag of a state of something: any plain data that changes with it.
function api.etag(state)
    return '"' .. string.sub(crypto.sha256(json.encode(state)), 1, 32) .. '"'
end

local function names_tag(header, tag)
    for _, one in ipairs(text.split(header, ",")) do
        one = text.trim(one)
        if one == "*" or one == tag or one == "W/" .. tag then
            return true
        end
    end
    return false
end

-- Refuses a change of what is not as the caller saw it: 412, and 428 when it does not say what it saw. true: go on.
function api.match(req, tag)
    local seen = req:header("If-Match")
    if not seen then
        req:problem(428, "请在 If-Match 中给出读到的 ETag")
    elseif not names_tag(seen, tag) then
        req:set_header("ETag", tag)
        req:problem(412, "内容已在另一个窗口被更改，请重新读取")
    else
        return true
    end
    return false
end

-- Paging: query = api.paged() in a declaration; api.page(items, found) makes the answer of what store.list and its like found.
function api.paged(more)
    local query = { { "limit", { type = "integer", minimum = 1, maximum = 100 } }, { "after", { type = "string", maxLength = 512 } } }
    for _, one in ipairs(more or {}) do
        query[#query + 1] = one
    end
    return query
end

function api.page(items, found)
    return { items = json.array(items), next = found.more and found.after or json.null }
end

-- The schema of such an answer.
function api.page_of(schema)
    return { type = "object", required = { "items", "next" }, properties = {
        items = { type = "array", items = schema },
        next = { type = { "string", "null" }, description = "作为 after 读取下一页；没有更多时为 null" } } }
end

local function read_query(decl, req)
    local values, errors = {}, {}
    for _, one in ipairs(decl.query or {}) do
        local name, schema, required = one[1], one[2], one[3]
        local given = req:query(name)
        if given and given ~= "" then
            values[name] = shape.text(schema, given)
            for _, e in ipairs(shape.check(schema, values[name])) do
                errors[#errors + 1] = { field = name, code = e.code, message = name .. e.message }
            end
        elseif required then
            errors[#errors + 1] = { field = name, code = "missing", message = name .. "没有填写" }
        end
    end
    if #errors > 0 then
        api.invalid(errors, "查询参数有误")
    end
    return values
end

local function read_body(decl, req)
    if not decl.body or decl.takes then
        return nil
    end
    local body = req:body_json()
    local errors = shape.check(decl.body, body)
    if #errors > 0 then
        api.invalid(errors)
    end
    return body
end

local function fresh(req, status, headers)
    local seen, tag = req:header("If-None-Match"), headers and headers.ETag
    return status == 200 and req:method() == "GET" and seen and tag and names_tag(seen, tag)
end

local function answer(req, status, value, headers)
    for name, text in pairs(headers or {}) do
        req:set_header(name, text)
    end
    if fresh(req, status, headers) then
        return req:empty(304)
    elseif value == nil then
        return req:empty(status)
    end
    return req:json(status, value)
end

local function replay(req, kept)
    req:set_header("Idempotent-Replayed", "true")
    return answer(req, kept.status, kept.body and json.decode(kept.body), kept.headers)
end

-- Runs it under its ticket: what succeeded is kept before the answer is given, what did not is forgotten.
local function run_once(ticket, req, run)
    local ok, status, value, headers = pcall(run)
    local body = ok and value ~= nil and json.encode(value) or nil
    if ok and status and status < 300 and #(body or "") <= KEPT_BYTES then
        once.keep(ticket, { status = status, body = body, headers = headers })
    else
        once.drop(ticket)
    end
    if not ok then
        error(status, 0)
    elseif status then
        return answer(req, status, value, headers)
    end
end

local function wrap(decl, handler)
    return function(req)
        local user = auth.check(req, decl.auth)
        if not user and decl.auth ~= "none" then
            return
        end
        local query, body = read_query(decl, req), read_body(decl, req)
        local ticket, kept
        if decl.idempotent then
            ticket, kept = once.begin(req, user.account)
        end
        if kept then
            return replay(req, kept)
        elseif ticket then
            return run_once(ticket, req, function() return handler(req, user, body, query) end)
        end
        local status, value, headers = handler(req, user, body, query)
        if status then
            return answer(req, status, value, headers)
        end
    end
end

local function options_of(decl, method)
    local options = { api = true, no_store = decl.auth ~= "none", staff = type(decl.auth) == "table" }
    if method == "POST" or method == "PUT" or method == "PATCH" then
        options.body = "memory"
    end
    for name, value in pairs(decl.options or {}) do
        options[name] = value
    end
    return options
end

local function declare(method, path, given, handler)
    local decl = { method = method, path = path, auth = "user", status = 200 }
    for name, value in pairs(given) do
        decl[name] = value
    end
    assert(decl.id and decl.summary, path .. ": a route of the API has id and summary")
    if decl.idempotent == nil then
        decl.idempotent = method == "POST" and decl.auth ~= "none" and not decl.takes
    end
    api.declared[#api.declared + 1] = decl
    http[string.lower(method)](path, wrap(decl, handler), options_of(decl, method))
end

function api.get(path, decl, handler) declare("GET", path, decl, handler) end
function api.post(path, decl, handler) declare("POST", path, decl, handler) end
function api.put(path, decl, handler) declare("PUT", path, decl, handler) end
function api.patch(path, decl, handler) declare("PATCH", path, decl, handler) end
function api.delete(path, decl, handler) declare("DELETE", path, decl, handler) end

return api
