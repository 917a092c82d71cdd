-- SPDX-License-Identifier: Apache-2.0
-- joint pages: choosing applications that are paid at once, confirming them, and parting them again before payment.
local centre = use "system/service/centre"
local csrf = use "lib/csrf"
local guard = use "system/service/guard"
local joint = use "system/service/joint"
local menu = use "lib/menu"
local money = use "lib/money"
local page = use "lib/page"

local NUMBER, NAME = { id = "number", label = "业务受理号" }, { id = "subject", label = "主体名称" }
local AMOUNT = { id = "amount", label = "缴费金额", amount = true }
local PICK, WHY = { id = "pick", label = "选择" }, { id = "why", label = "说明" }
local CONFIRMING = { { id = "no", label = "序号" }, NUMBER, NAME, { id = "type", label = "业务类型" }, AMOUNT }

local function send(req, status, user, data)
    data.title, data.user, data.menu, data.min, data.max = "合并缴费", user, menu.user(user), joint.MIN, joint.MAX
    data.crumbs = { { label = "用户中心", href = "/user" }, { label = "在线支付", href = "/user/payments" }, { label = "合并缴费" } }
    return page.send(req, status, "user/joint", data)
end

local function set_of(keys)
    local set = {}
    for _, key in ipairs(keys) do
        set[key] = true
    end
    return set
end

local function choice_of(row, chosen)
    local why = joint.obstacle(row)
    if why and not chosen[row.key] then
        return nil
    end
    local one, paid = centre.shown(row), centre.payment(row)
    return { pick = { pick = { name = "case", value = row.key, say = row.number, checked = chosen[row.key] } }, number = row.number,
        subject = centre.subject_of(one), amount = paid and paid.amount or "—", why = why or "" }
end

-- Each error leads to the box it is about, one about the number of them to the first.
local function linked(errors, rows)
    local first = rows[1] and "case-" .. rows[1].pick.pick.value or nil
    for _, e in ipairs(errors) do
        e.at = e.case and "case-" .. e.case or first
    end
    return errors
end

-- The reasons have a column when there are any.
local function columns_of(rows)
    for _, row in ipairs(rows) do
        if row.why ~= "" then
            return { PICK, NUMBER, NAME, WHY, AMOUNT }
        end
    end
    return { PICK, NUMBER, NAME, AMOUNT }
end

local function choose(req, status, user, keys, errors)
    local rows, chosen = {}, set_of(keys)
    for _, row in ipairs(centre.all(user).rows) do
        rows[#rows + 1] = choice_of(row, chosen)
    end
    return send(req, status, user, { columns = columns_of(rows), rows = rows, errors = linked(errors, rows) })
end

local function confirm(req, user, found)
    local rows, keys = {}, {}
    for i, row in ipairs(found.rows) do
        local one = centre.shown(row)
        keys[i] = row.key
        rows[i] = { no = i, number = row.number, subject = centre.subject_of(one), type = one.type, amount = "¥" .. money.yuan(found.quote.parts[row.key]) }
    end
    return send(req, 200, user, { confirm = true, columns = CONFIRMING, rows = rows, keys = keys, total = found.quote.total,
        capitals = money.capitals(found.quote.total) })
end

-- The boxes that are ticked, or what was confirmed as one text.
local function keys_of(req)
    local sure = req:field("cases")
    return sure and sure ~= "" and text.split(sure, ",") or req:field_list("case")
end

http.get("/user/joint", guard.user(function(req, user)
    return choose(req, 200, user, {}, {})
end), { no_store = true })

http.post("/user/joint", guard.user(function(req, user)
    csrf.check(req)
    local keys = keys_of(req)
    local found = joint.look(user, keys)
    if #found.errors > 0 then
        return choose(req, 422, user, keys, found.errors)
    elseif req:field("act") ~= "confirm" then
        return confirm(req, user, found)
    end
    local made, errors = joint.make(user, keys)
    if not made then
        return choose(req, 422, user, keys, errors)
    end
    return req:redirect("/case/" .. found.rows[1].key .. "/pay")
end), { no_store = true })

http.post("/case/{key}/apart", guard.user(function(req, user)
    csrf.check(req)
    local key = req:param("key")
    joint.part(user, key)
    return req:redirect("/case/" .. key .. "/pay")
end))
