-- SPDX-License-Identifier: Apache-2.0
-- shipments: parcels to send: courier and number in one row each; lost ones are asked once more.
local csrf = use "lib/csrf"
local guard = use "system/service/guard"
local shell = use "system/page/staff/shell"
local shipping = use "system/service/shipping"

local ROLES = { "counter", "reviewer" }

local function known(id)
    for _, one in ipairs(shipping.states) do
        if one.id == id then
            return id
        end
    end
    return "to_send"
end

local function tabs_of()
    local tabs = {}
    for i, one in ipairs(shipping.states) do
        tabs[i] = { id = one.id, label = one.label, href = "/staff/shipments?state=" .. one.id }
    end
    return tabs
end

local function show(req, status, user, opts)
    local state = known(req:query("state"))
    local found = shipping.list(user, state, req:query("after"))
    return shell.send(req, status, "staff/shipments", user, { title = "寄送登记", tabs = tabs_of(), state = state, rows = found.rows,
        after = found.after and shell.href("/staff/shipments", { { "state", state }, { "after", found.after } }), errors = opts.errors or {},
        refused = opts.refused, typed = opts.typed or {}, done = req:query("done") })
end

http.get("/staff/shipments", guard.staff(ROLES, function(req, user)
    return show(req, 200, user, {})
end), { staff = true, no_store = true })

local function words(req, name)
    return text.trim(text.normalize(req:field(name) or ""))
end

http.post("/staff/shipments/{key}/sent", guard.staff(ROLES, function(req, user)
    csrf.check(req)
    local key, typed = req:param("key"), { courier = words(req, "courier"), tracking = words(req, "tracking") }
    typed.key = key
    local errors = {}
    errors[#errors + 1] = typed.courier == "" and { field = "courier-" .. key, message = "请填写快递公司" } or nil
    errors[#errors + 1] = not text.matches(typed.tracking, "[0-9A-Za-z-]{6,40}")
        and { field = "tracking-" .. key, message = "请填写运单号，6 至 40 位数字或字母" } or nil
    if #errors > 0 then
        return show(req, 422, user, { errors = errors, typed = typed })
    end
    local status, sentence = shell.try(function() shipping.send(user, key, typed.courier, typed.tracking) end)
    if status then
        return show(req, status, user, { refused = sentence, typed = typed })
    end
    return req:redirect("/staff/shipments?done=sent")
end), { staff = true })

http.get("/staff/shipments/{key}/lost", guard.staff(ROLES, function(req, user)
    shipping.must_be(req:param("key"))
    return shell.send(req, 200, "confirm", user, { title = "登记途中遗失", text = "登记后原授权码作废，系统将安排重新寄送，申请人会收到短信。",
        rows = {}, action = "/staff/shipments/" .. req:param("key") .. "/lost", main = "确认遗失", back_to = "/staff/shipments?state=sent" })
end), { staff = true, no_store = true })

http.post("/staff/shipments/{key}/lost", guard.staff(ROLES, function(req, user)
    csrf.check(req)
    local status, sentence = shell.try(function() shipping.lost(user, req:param("key")) end)
    if status then
        return show(req, status, user, { refused = sentence })
    end
    return req:redirect("/staff/shipments?done=lost")
end), { staff = true })
