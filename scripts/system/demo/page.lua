-- SPDX-License-Identifier: Apache-2.0
-- demo page: GET shows form and list, POST checks and stores.
local csrf = use "lib/csrf"
local form = use "lib/form"
local page = use "lib/page"
local service = use "system/demo/service"

local function show(req, status, values, errors)
    local items = service.latest(20)
    local saved = req:query("saved")
    return page.send_form(req, status, "demo/form", {
        title = "示例表单",
        fields = service.fields,
        values = values,
        errors = errors,
        messages = form.by_field(errors),
        items = items,
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
    local key, errors, clean = service.add(req:fields())
    if not key then
        return show(req, 422, clean, errors)
    end
    return req:redirect("/demo?saved=" .. key)
end)
