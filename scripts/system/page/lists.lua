-- SPDX-License-Identifier: Apache-2.0
-- lists: 申请记录查询, 在线材料提交, 缴费凭证上传, 在线支付, 证书下载 (S061, S214–S219), and 申请状态查询 by number.
local address = use "lib/address"
local case = use "system/service/case"
local centre = use "system/service/centre"
local guard = use "system/service/guard"
local joint = use "system/service/joint"
local live = use "system/service/live"
local menu = use "lib/menu"
local page = use "lib/page"
local voucher = use "system/service/voucher"

local CHOOSE = { value = "", label = "请选择" }

local function options(list)
    local out = { CHOOSE }
    for _, one in ipairs(list) do
        out[#out + 1] = { value = one.value or one.id, label = one.label }
    end
    return out
end

local function states(b)
    local seen, out = {}, {}
    for _, kind in ipairs(b:kinds()) do
        local flow = b:flow(kind.id)
        for _, name in ipairs(flow.order) do
            out[#out + 1] = not seen[name] and { value = name, label = flow.states[name].label } or nil
            seen[name] = true
        end
    end
    return out
end

local filters = {
    name = function() return { id = "name", type = "text", label = "主体名称", max = 40, width = "20" } end,
    template = function(b) return { id = "template", type = "select", label = "证书模板", options = options(b:list("templates.rows")) } end,
    state = function(b) return { id = "state", type = "select", label = "申请状态", options = options(states(b)) } end,
    type = function(b) return { id = "type", type = "select", label = "业务类型", options = options(b:list("lists.business_types")) } end,
    number = function() return { id = "number", type = "text", label = "业务受理号", max = 40, width = "20" } end,
    certificate = function(b) return { id = "certificate", type = "select", label = "证书类型", options = options(b:list("lists.certificate_types")) } end,
    payment = function() return { id = "payment", type = "select", label = "缴费状态",
        options = { CHOOSE, { value = "open", label = "等待缴费" }, { value = "paid", label = "缴费完成" } } } end,
}

local function act(label, href, one)
    return { label = label, href = href, say = one.number }
end

local no = { id = "no", label = "序号" }
local number = { id = "number", label = "业务受理号" }
local business = { id = "type", label = "业务类型" }
local at = { id = "at", label = "申请时间", short = true }
local operation = { id = "act", label = "操作" }
local amount = { id = "amount", label = "缴费金额", amount = true }

-- A voucher that waits to be confirmed is not paid yet.
local function is_paid_as(paid, wanted)
    return wanted ~= "paid" and wanted ~= "open" or (wanted == "paid") == (paid.word == "缴费完成")
end

local function box_of(one)
    return not joint.obstacle(one.row) and { pick = { name = "case", value = one.key, say = one.number } } or nil
end

-- Each list: title, filters, columns, and pick(one) -> what is added to the row, or nil when the case does not belong here.
-- joins: with two rows that have a box, they may be paid at once.
local lists = {
    records = { title = "申请记录查询", filters = { "name", "template", "state", "type" },
        columns = { no, number, { id = "subject", label = "主体名称" }, business, { id = "template", label = "证书模板" }, at,
            { id = "state", label = "申请状态" }, operation },
        pick = function(one) return { act = act("查看", one.href, one) } end },
    materials = { title = "在线材料提交", filters = { "name", "template", "state", "type" },
        columns = { no, number, business, { id = "template", label = "证书模板" }, at, { id = "state", label = "申请状态" }, operation },
        pick = function(one)
            return centre.wants_materials(one.row) and { act = act("材料提交", one.href .. "/materials", one) } or nil
        end },
    vouchers = { title = "缴费凭证上传", heading = "上传缴费凭证", filters = { "name", "type" },
        columns = { no, number, business, { id = "certificate", label = "证书类型" }, at, amount, operation },
        pick = function(one)
            local paid = centre.payment(one.row)
            return paid and paid.open and voucher.allowed(one.row) and { amount = paid.amount,
                act = { acts = { act("上传缴费凭证", one.href .. "/voucher", one), act("查看", one.href, one) } } } or nil
        end },
    payments = { title = "在线支付", joins = true, filters = { "name", "number", "certificate", "payment", "type" },
        columns = { no, number, business, { id = "certificate", label = "证书类型" }, at, { id = "paid", label = "缴费状态" }, amount, operation },
        pick = function(one, query)
            local paid = centre.payment(one.row)
            if not paid or not is_paid_as(paid, query.payment) then
                return nil
            end
            return { amount = paid.amount, box = box_of(one), paid = { tag = paid.word, tone = paid.tone, note = paid.joint and "合并缴费" or nil }, act = paid.open and act("缴费", one.href .. "/pay", one) or "—" }
        end },
    downloads = { title = "证书下载", filters = { "name" },
        columns = { no, number, { id = "subject", label = "主体名称" }, { id = "template", label = "证书模板" }, at, { id = "state", label = "申请状态" }, operation },
        pick = function(one)
            return centre.tab(one.row, one.b) == "downloadable" and { act = act("证书下载", one.href .. "/download", one) } or nil
        end },
}

local NAMES = { "name", "number", "template", "state", "type", "certificate", "payment" }

local function query_of(req)
    local query = {}
    for _, name in ipairs(NAMES) do
        query[name] = req:query(name)
    end
    return query
end

local function rows_of(found, list, query)
    local rows = {}
    for _, row in ipairs(found.rows) do
        local one = centre.shown(row)
        local more = centre.fits(one, query) and list.pick(one, query)
        if more then
            one.subject = centre.subject_of(one)
            for name, value in pairs(more) do
                one[name] = value
            end
            one.no = #rows + 1
            rows[one.no] = one
        end
    end
    return rows
end

local function fields_of(list)
    local b, out = live.rules(), {}
    for i, name in ipairs(list.filters) do
        out[i] = filters[name](b)
        out[i].required = nil
    end
    return out
end

-- The next part is filtered as this one is.
local function next_part(name, query, found)
    if not found.more then
        return nil
    end
    local parts = { "after=" .. found.after }
    for _, filter in ipairs(NAMES) do
        local value = query[filter]
        parts[#parts + 1] = value and value ~= "" and filter .. "=" .. address.escape(value) or nil
    end
    return "/user/" .. name .. "?" .. table.concat(parts, "&")
end

-- Whether two rows can be paid at once; then they have a column with a box.
local function with_boxes(list, rows)
    local boxes, columns = 0, { { id = "box", label = "选择" }, table.unpack(list.columns) }
    for _, row in ipairs(rows) do
        boxes = boxes + (row.box and 1 or 0)
    end
    local joins = list.joins and boxes >= joint.MIN or false
    return joins, joins and columns or list.columns
end

local function show(req, user, name, list)
    local query, found = query_of(req), centre.all(user, req:query("after"))
    local rows = rows_of(found, list, query)
    local joins, columns = with_boxes(list, rows)
    return page.send(req, 200, "user/list", { title = list.title, heading = list.heading or list.title, user = user, menu = menu.user(user),
        crumbs = { { label = "用户中心", href = "/user" }, { label = list.title } }, fields = fields_of(list), values = query, action = "/user/" .. name,
        columns = columns, rows = rows, joins = joins, after = next_part(name, query, found) })
end

for name, list in pairs(lists) do
    http.get("/user/" .. name, guard.user(function(req, user)
        return show(req, user, name, list)
    end), { no_store = true })
end

local asked = { id = "number", type = "reference", label = "业务受理号", hint = "20 位数字，可在确认页、短信和受理表上找到", required = true }

-- A stranger's number is answered as one that does not exist.
http.get("/query", guard.user(function(req, user)
    local value = req:query("number")
    local row = value and case.by_number(user, value)
    if row then
        return req:redirect("/case/" .. row.key)
    end
    local _, sentence = case.number(value)
    local message = value and (sentence or "没有找到这项申请，请检查业务受理号，并确认使用申请时的账号登录")
    return page.send(req, message and 404 or 200, "user/query", { title = "申请状态查询", user = user, menu = menu.user(user),
        crumbs = { { label = "用户中心", href = "/user" }, { label = "申请状态查询" } }, fields = { asked }, values = { number = value or "" },
        errors = message and { { field = "number", message = message } } or {}, messages = message and { number = message } or {} })
end), { no_store = true })
