-- SPDX-License-Identifier: Apache-2.0
-- demo API: the same service as JSON.
local api = use "system/api/lib"
local service = use "system/demo/service"

local entry = api.schema("DemoEntry", { type = "object", required = { "number", "name", "phone", "kind" }, properties = {
    number = { type = "integer" }, name = { type = "string" }, phone = { type = "string" }, kind = { type = "string" },
    note = { type = "string" }, at = { type = "integer" }, key = { type = "string" } } })

api.get("/api/v1/demo", {
    id = "listDemo", tag = "demo", summary = "示例：最新的留言", auth = "none",
    query = { { "after", { type = "string" } } },
    returns = { type = "object", properties = { items = { type = "array", items = entry }, after = { type = "string" } } },
}, function(_, _, _, query)
    local items, after = service.latest(20, query.after)
    return 200, { items = items, after = after }
end)

api.get("/api/v1/demo/{key}", {
    id = "getDemo", tag = "demo", summary = "示例：一条留言", auth = "none", returns = entry,
}, function(req)
    local found = service.find(req:param("key"))
    if not found then
        fail("E_NOT_FOUND", "没有这条记录")
    end
    return 200, found
end)

api.post("/api/v1/demo", {
    id = "addDemo", tag = "demo", summary = "示例：留言", auth = "none", status = 201,
    body = { type = "object", properties = { name = { type = "string" }, phone = { type = "string" },
        kind = { type = "string" }, note = { type = "string" } } },
    returns = { type = "object", required = { "key" }, properties = { key = { type = "string" } } },
}, function(_, _, body)
    local key, errors = service.add(body)
    if not key then
        api.invalid(errors)
    end
    return 201, { key = key }, { Location = "/api/v1/demo/" .. key }
end)

-- The smallest handler there is: for measuring.
http.get("/api/v1/demo-hello", function(req)
    return req:json(200, { message = "你好", ok = true })
end, { api = true })
