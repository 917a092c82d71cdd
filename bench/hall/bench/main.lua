-- SPDX-License-Identifier: Apache-2.0
-- bench: what the measured server serves besides its own pages. bench/runner/hall.py adds it to a copy of scripts/.
local page = use "lib/page"

local function fields()
    local list = {}
    for i = 1, 30 do
        list[i] = { name = "field" .. i, label = "第" .. i .. "项", required = i % 3 ~= 0, max = 40, lines = i % 10 == 0 }
    end
    list[5].choices = { { value = "unit", label = "单位证书" }, { value = "person", label = "个人证书" } }
    return list
end

local form = fields()

local values = {}
for i = 1, 30 do
    values["field" .. i] = "北京市海淀区第" .. i .. "号 <b>&"
end

http.get("/bench/form", function(req)
    return page.send_form(req, 200, "bench/form", {
        title = "三十项表单", fields = form, values = values, messages = { field7 = "请填写第7项" },
    })
end)
