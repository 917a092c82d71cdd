-- SPDX-License-Identifier: Apache-2.0
-- bench: what the measured server serves besides its own pages. bench/runner/hall.py adds it to a copy of scripts/.
local account = use "system/service/account"
local bundles = use "system/service/bundles"
local csrf = use "lib/csrf"
local form = use "lib/form"
local live = use "system/service/live"
local page = use "lib/page"
local publish = use "system/service/publish"
local rules = use "lib/business/rules"
local version = use "bench/version"

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

-- A small form with a durable row behind it. bench/runner/hall.py adds its table, counters, sequence and job to the schema.
local entry = {
    { id = "name", type = "name", label = "姓名", required = true, max = 20 },
    { id = "phone", type = "mobile", label = "手机号码", required = true },
    { id = "kind", type = "radio", label = "证书类别", required = true, inline = true,
        options = { { value = "unit", label = "单位证书" }, { value = "person", label = "个人证书" } } },
    { id = "note", type = "textarea", label = "留言", max = 200 },
}

local function show(req, status, values, errors)
    return page.send_form(req, status, "bench/form", { title = "留言", fields = entry, values = values, errors = errors,
        messages = form.by_field(errors) })
end

http.get("/bench/entry", function(req)
    return show(req, 200, {}, {})
end)

local function take(more)
    return function(req)
        csrf.check(req)
        local clean, errors = form.check(entry, form.read(entry, req))
        if #errors > 0 then
            return show(req, 422, clean, errors)
        end
        local key = store.tx(function(tx)
            local key = tx:key()
            clean.number = tx:next("form_number")
            clean.at = tx:now()
            tx:insert("form_entry", key, clean)
            tx:append("audit", key, { event = "form.added" })
            more(tx, key)
            return key
        end)
        return req:redirect("/bench/entry/" .. key)
    end
end

-- What the peers do and no more: check, store durably, answer; and the same with a job.
http.post("/bench/entry", take(function() end))
http.post("/bench/welcomed", take(function(tx, key) tx:enqueue("form.welcome", { key = key }) end))

http.get("/bench/entry/{key}", function(req)
    return req:text(200, store.get("form_entry", req:param("key")).name)
end)

job.on("form.welcome", function(_, info)
    store.tx(function(tx)
        tx:add("form_welcomes", 1)
        tx:finish(info.id)
    end)
end)

-- The smallest handler there is.
http.get("/bench/hello", function(req)
    return req:json(200, { message = "你好", ok = true })
end, { api = true })

-- What is edited while the hall is open.
http.get("/bench/version", function(req)
    return req:text(200, tostring(version))
end)

-- The same for rules: proposed by one administrator, approved by another, without the check before.
local function user(login)
    local row = account.find(login)
    return { account = row.key, name = row.name }
end

http.get("/bench/administrators", function(req)
    return req:text(200, account.find "admin1" and account.find "admin2" and "made" or "coming")
end)

http.post("/bench/propose/{n}", function(req)
    local files = bundles.files(live.hash())
    files["lib/bench_version.lua"] = "return { n = " .. req:param("n") .. " }\n"
    return req:text(200, publish.propose(user "admin1", { files = files, base = live.hash(), reason = "bench", check = {} }))
end, { api = true })

http.post("/bench/approve/{key}", function(req)
    return req:text(200, publish.approve(user "admin2", req:param("key")))
end, { api = true })

http.get("/bench/rules", function(req)
    return req:text(200, tostring(rules.read(live.rules().r, "lib/bench_version").n))
end)
