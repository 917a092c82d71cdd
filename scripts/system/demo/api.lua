-- SPDX-License-Identifier: Apache-2.0
-- demo API: the same service as JSON.
local service = use "system/demo/service"

http.get("/api/v1/demo", function(req)
    local items, after = service.latest(20, req:query("after"))
    return req:json(200, { items = items, after = after })
end, { api = true })

http.get("/api/v1/demo/{key}", function(req)
    local entry = service.find(req:param("key"))
    if not entry then
        return req:problem(404, "没有这条记录")
    end
    return req:json(200, entry)
end, { api = true })

http.post("/api/v1/demo", function(req)
    local values = req:body_json()
    if type(values) ~= "table" then
        return req:problem(400, "请求内容应为 JSON 对象")
    end
    local key, errors = service.add(values)
    if not key then
        return req:problem(422, "信息有误", { errors = errors })
    end
    req:set_header("Location", "/api/v1/demo/" .. key)
    return req:json(201, { key = key })
end, { api = true })

-- The smallest handler there is: for measuring.
http.get("/api/v1/demo-hello", function(req)
    return req:json(200, { message = "你好", ok = true })
end, { api = true })
