-- SPDX-License-Identifier: Apache-2.0
-- bench: what the measured server serves besides its own pages. bench/runner/hall.py adds it to a copy of scripts/.
local csrf = use "lib/csrf"
local form = use "lib/form"
local page = use "lib/page"
local service = use "system/demo/service"

local function thirty()
    local list = {}
    for i = 1, 30 do
        list[i] = { id = "field" .. i, type = i % 10 == 0 and "textarea" or "text", label = "第" .. i .. "项",
            required = i % 3 ~= 0, max = 40 }
    end
    list[5].type = "radio"
    list[5].options = { { value = "unit", label = "单位证书" }, { value = "person", label = "个人证书" } }
    return list
end

local fields = thirty()

local values = {}
for i = 1, 30 do
    values["field" .. i] = "北京市海淀区第" .. i .. "号 <b>&"
end

http.get("/bench/form", function(req)
    return page.send_form(req, 200, "bench/form", {
        title = "三十项表单", fields = fields, values = values, messages = { field7 = "请填写第7项" },
    })
end)

-- What the peers do for POST /demo and no more: check, store durably, answer. The demonstration's job is left out.
http.post("/bench/entry", function(req)
    csrf.check(req)
    local clean, errors = form.check(service.fields, req:fields())
    if #errors > 0 then
        return req:problem(422, "信息有误", { errors = errors })
    end
    local key = store.tx(function(tx)
        local key = tx:key()
        clean.number = tx:next("demo_number")
        clean.at = tx:now()
        tx:insert("demo_entry", key, clean)
        tx:append("audit", key, { event = "demo.added" })
        return key
    end)
    return req:redirect("/demo?saved=" .. key)
end)
