-- SPDX-License-Identifier: Apache-2.0
-- demo page: GET shows form and list, POST checks and stores.
local csrf = use "lib/csrf"
local form = use "lib/form"
local page = use "lib/page"
local service = use "system/demo/service"

local columns = {
    { id = "number", label = "编号" },
    { id = "name", label = "姓名" },
    { id = "phone", label = "手机号码" },
    { id = "at", label = "时间" },
}

local function rows_of(items)
    local rows = {}
    for i, item in ipairs(items) do
        rows[i] = { number = item.number, name = item.name, phone = service.masked(item.phone), at = time.text(item.at) }
    end
    return rows
end

local function show(req, status, values, errors)
    local saved = req:query("saved")
    return page.send_form(req, status, "demo/form", {
        title = "示例表单",
        crumbs = { { label = "示例表单" } },
        fields = service.fields,
        values = values,
        errors = errors,
        messages = form.by_field(errors),
        columns = columns,
        rows = rows_of(service.latest(20)),
        units = service.count("unit"),
        persons = service.count("person"),
        saved = saved and service.find(saved),
    })
end

http.get("/demo", function(req)
    return show(req, 200, {}, {})
end)

http.post("/demo", function(req)
    csrf.check(req)
    local key, errors, clean = service.add(form.read(service.fields, req))
    if not key then
        return show(req, 422, clean, errors)
    end
    return req:redirect("/demo?saved=" .. key)
end)
