-- SPDX-License-Identifier: Apache-2.0
-- joint: several applications of one user paid at once: one order whose lines carry their cases. Each is priced by its own rules
-- and its own day, as if alone, but for what the rules say of the number of applications in one order.
local case = use "system/service/case"
local live = use "system/service/live"
local order = use "system/service/order"
local own = use "system/service/own"
local reader = use "system/service/reader"

local joint = {}

joint.MIN, joint.MAX = 2, 50

local LINES = 400 -- of an order, in core/domain/money.h
local GIVEN = 200 -- more are not looked at

-- What the rules of b price; a bundle that does not know a kind cannot count it.
local function facts_of(rows, b)
    local known, out = {}, {}
    for _, kind in ipairs(b:kinds()) do
        known[kind.id] = true
    end
    for _, row in ipairs(rows) do
        out[#out + 1] = known[row.kind] and { case = row.key, kind = row.kind, values = row.values } or nil
    end
    return out
end

-- Cases that are priced at once: the same rules, the same day.
local function groups_of(rows, now)
    local list, by = {}, {}
    for _, row in ipairs(rows) do
        local b = live.rules_of(row)
        local day = order.day(row, b, now)
        local id = row.bundle .. day
        if not by[id] then
            by[id] = { b = b, day = day, keys = {} }
            list[#list + 1] = by[id]
        end
        by[id].keys[row.key] = true
    end
    return list
end

-- joint.quote(rows, now) -> { lines, total, quote_date, parts = { [case key] = fen } }
function joint.quote(rows, now)
    local quote = { lines = {}, total = 0, quote_date = "", parts = {} }
    for _, row in ipairs(rows) do
        quote.parts[row.key] = 0
    end
    for _, group in ipairs(groups_of(rows, now)) do
        quote.quote_date = quote.quote_date < group.day and group.day or quote.quote_date
        for _, line in ipairs(order.frozen(group.b:quote { quote_date = group.day, order = facts_of(rows, group.b) })) do
            if group.keys[line.case] then
                quote.lines[#quote.lines + 1] = line
                quote.total, quote.parts[line.case] = quote.total + line.fen, quote.parts[line.case] + line.fen
            end
        end
    end
    return quote
end

local function is_joint(frozen)
    return frozen ~= nil and frozen.state == "open" and #frozen.cases > 1
end

-- joint.obstacle(row, tx or nil) -> why it cannot be paid together with others now, or nil
function joint.obstacle(row, tx)
    local frozen = order.of(row, tx)
    if frozen and frozen.state == "paid" then
        return "费用已支付"
    elseif not order.is_open(row) then
        return "现在不需要缴费"
    elseif reader.of(tx):standing(row.key).waived then
        return "已同意免缴"
    elseif row.voucher == "waiting" then
        return "缴费凭证正在核对，请等待结果"
    end
    return is_joint(frozen) and "已在另一笔合并缴费中，请先在其缴费页面取消合并" or nil
end

local function read_all(user, keys, tx)
    local rows, seen = {}, {}
    if #keys > GIVEN then
        fail("E_INVALID", "一次最多合并 " .. joint.MAX .. " 项申请")
    end
    for _, key in ipairs(keys) do
        if not seen[key] then
            rows[#rows + 1], seen[key] = tx and own.lock(tx, user, key) or own.get(user, key), true
        end
    end
    return rows
end

local function refuse(errors, row, sentence)
    errors[#errors + 1] = { field = "cases", case = row and row.key or nil, code = row and "state" or "count",
        message = row and "业务受理号 " .. row.number .. "：" .. sentence or sentence }
end

-- The order that pays exactly these, when there is one: a form that was sent twice.
local function made_before(rows, tx)
    local frozen = rows[1] and order.of(rows[1], tx)
    if not is_joint(frozen) or #frozen.cases ~= #rows then
        return nil
    end
    for _, row in ipairs(rows) do
        if row.order ~= frozen.key then
            return nil
        end
    end
    return frozen
end

local function judge(rows, tx)
    local errors = json.array {}
    if #rows < joint.MIN then
        refuse(errors, nil, "请至少选择 " .. joint.MIN .. " 项申请")
    elseif #rows > joint.MAX then
        refuse(errors, nil, "一次最多合并 " .. joint.MAX .. " 项申请，您选择了 " .. #rows .. " 项")
    end
    for _, row in ipairs(rows) do
        local sentence = joint.obstacle(row, tx)
        if sentence then
            refuse(errors, row, sentence)
        end
    end
    return errors
end

local function judge_prices(rows, quote, errors)
    for _, row in ipairs(rows) do
        if quote.parts[row.key] == 0 then
            refuse(errors, row, "没有需要缴纳的费用")
        end
    end
    if #quote.lines > LINES then
        refuse(errors, nil, "计费项目太多，请分几次合并缴费")
    end
end

-- joint.look(user, keys, tx or nil) -> { rows, quote (nil with errors), errors = list of { field, case, code, message } }.
-- E_NOT_FOUND for what is not the user's.
function joint.look(user, keys, tx)
    local rows = read_all(user, keys, tx)
    local before = made_before(rows, tx)
    if before then
        return { rows = rows, before = before, errors = json.array {}, quote = joint.quote(rows, reader.of(tx):now()) }
    end
    local found = { rows = rows, errors = judge(rows, tx) }
    if #found.errors == 0 then
        found.quote = joint.quote(rows, reader.of(tx):now())
        judge_prices(rows, found.quote, found.errors)
    end
    return found
end

local function write(tx, user, found)
    for _, row in ipairs(found.rows) do
        local single = order.of(row, tx)
        if single then
            order.close(tx, row, single, "order.joined", user.account)
        end
    end
    local key = tx:order_open { lines = found.quote.lines, bundle = found.rows[1].bundle, quote_date = found.quote.quote_date, by = user.account }
    for _, row in ipairs(found.rows) do
        row.order, row.total = key, found.quote.parts[row.key]
        case.put(tx, row)
        tx:append("audit", row.key, { event = "order.joined", order = key, by = user.account })
    end
    return key
end

-- joint.make(user, keys) -> key of the order, or nil and errors as joint.look has them
function joint.make(user, keys)
    local found
    local key = store.tx(function(tx)
        found = joint.look(user, keys, tx)
        if #found.errors > 0 then
            return nil
        end
        return found.before and found.before.key or write(tx, user, found)
    end)
    return key, found.errors
end

-- joint.cases(user, frozen) -> the cases of an order: list of { key, number, name, fen, left, mine, waiting }. What is somebody
-- else's by now has neither number nor name.
function joint.cases(user, frozen)
    local out = {}
    for i, key in ipairs(frozen.cases) do
        local row, mine = store.get("case", key), own.may(user, key)
        out[i] = { key = key, number = mine and row.number or "", name = mine and row.user_name or "", fen = order.part(frozen, key),
            left = order.has_left(frozen, key), mine = mine, waiting = row.voucher == "waiting" }
    end
    return out
end

-- joint.get(user, key of an order) -> the order with its key; of any of its cases the user may act on. E_NOT_FOUND.
function joint.get(user, key)
    local frozen = store.is_key(key) and store.get("order", key)
    for _, one in ipairs(frozen and frozen.cases or {}) do
        if own.may(user, one) then
            frozen.key = key
            return frozen
        end
    end
    return fail("E_NOT_FOUND", "没有找到这个订单")
end

local function is_all_his(tx, user, frozen)
    for _, key in ipairs(frozen.cases) do
        if not tx:may(user.account, key) then
            return false
        end
    end
    return true
end

local function check_vouchers(tx, frozen)
    for _, key in ipairs(frozen.cases) do
        if tx:get("case", key).voucher == "waiting" then
            fail("E_CONFLICT", "缴费凭证正在核对，请等待结果后再取消合并")
        end
    end
end

-- joint.part(user, case key): 取消合并: the open order ends, each case has its own quote again. Whoever may act on one of the cases
-- may do so: nobody is held by what became another's.
function joint.part(user, key)
    store.tx(function(tx)
        local row = own.lock(tx, user, key)
        local frozen = order.of(row, tx)
        if not is_joint(frozen) then
            fail("E_CONFLICT", "没有可以取消的合并缴费，请刷新页面")
        end
        check_vouchers(tx, frozen)
        order.close(tx, row, frozen, "order.parted", is_all_his(tx, user, frozen) and user.account or nil)
        case.put(tx, row)
        tx:append("audit", key, { event = "order.parted", order = frozen.key, by = user.account })
    end)
end

return joint
