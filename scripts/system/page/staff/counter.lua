-- SPDX-License-Identifier: Apache-2.0
-- counter: an acceptance point finds a case by its number or the text of its QR code (S234), then registers materials, books
-- paper, checks who stands there, hands over the UKey.
local case = use "system/service/case"
local csrf = use "lib/csrf"
local guard = use "system/service/guard"
local own = use "system/service/own"
local shell = use "system/page/staff/shell"
local shipping = use "system/service/shipping"
local watch = use "system/service/watch"

local ROLES = { "counter", "reviewer" }

-- The number in what was typed, or scanned: the text of the QR code is an address that holds it.
local function number_in(value)
    value = text.normalize(value)
    return string.match(value, "number=(%d+)") or value
end

local function show(req, status, user, typed, message)
    return shell.send(req, status, "staff/counter", user, { title = "窗口受理", typed = typed,
        errors = message and { { field = "number", message = message } } or {}, message = message })
end

http.get("/staff/counter", guard.staff(ROLES, function(req, user)
    local typed = req:query("number") or ""
    if text.trim(typed) == "" then
        return show(req, 200, user, typed)
    end
    watch.read(user, "queue", "counter search")
    local row, sentence = case.staff_by_number(user, number_in(typed), ROLES)
    if not row then
        return show(req, 422, user, typed, sentence or "没有找到这个受理号，请逐位核对")
    end
    return req:redirect("/staff/counter/" .. row.key)
end), { staff = true, no_store = true })

local counter = {}

function counter.show(req, status, user, row, opts)
    return counter.page(req, status, user, row, opts)
end

http.post("/staff/counter/{key}/hand", guard.staff(ROLES, function(req, user)
    csrf.check(req)
    local row = own.for_staff(user, req:param("key"), ROLES)
    local receiver = text.trim(text.normalize(req:field("receiver") or ""))
    if receiver == "" then
        return counter.show(req, 422, user, row, { errors = { { field = "receiver", message = "请填写领取人姓名" } } })
    end
    local status, sentence = shell.try(function() shipping.hand(user, row.key, receiver) end)
    if status then
        return counter.show(req, status, user, row, { refused = sentence })
    end
    return req:redirect("/staff/counter/" .. row.key .. "?done=hand")
end), { staff = true })

return counter
