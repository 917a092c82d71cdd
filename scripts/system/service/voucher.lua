-- SPDX-License-Identifier: Apache-2.0
-- voucher: the picture of a bank transfer: waiting until the cashier has confirmed or refused it (C19). It is evidence only: money
-- is what stands on the bank's list.
-- Row: { case, order, state = waiting | confirmed | refused, fen, blob, sha256, kind, size, name, note, at, by, reason, decided_by }
local case = use "system/service/case"
local live = use "system/service/live"
local money = use "lib/money"
local order = use "system/service/order"
local own = use "system/service/own"
local payment = use "system/service/payment"
local reader = use "system/service/reader"
local scan = use "lib/scan"
local todo = use "system/service/todo"

local voucher = {}

voucher.limit = 2 * 1024 * 1024
voucher.formats = { "jpeg", "png", "bmp" }

local ROLES, NOTE = { "cashier" }, 100

-- The vouchers of a case, newest first, with their keys.
function voucher.of(row)
    local out = json.array {}
    for i, one in ipairs(store.list("voucher", { index = "case", equal = { row.key }, descending = true, limit = 20 }).rows) do
        one.row.key = one.key
        out[i] = one.row
    end
    return out
end

-- Whether one may be handed in now: true, or false and a sentence.
function voucher.allowed(row)
    local b = live.rules_of(row)
    if not row.submitted or not case.knows(row, "voucher_submitted", "applicant", b) then
        return false, "申请现在不能上传缴费凭证，请在申请页面查看状态"
    end
    local frozen = order.of(row)
    if frozen and frozen.state == "paid" then
        return false, "费用已经到账，无需上传缴费凭证"
    end
    return true
end

local function add_in(tx, user, key, file)
    local row = own.lock(tx, user, key)
    file.order = order.freeze(tx, row, user)
    file.case, file.state, file.fen, file.at, file.by = key, "waiting", tx:get("order", file.order).total, tx:now(), user.account
    tx:insert("voucher", tx:key(), file)
    row.voucher = "waiting"
    case.fire(tx, row, "voucher_submitted", { account = user.account, as = "applicant" }, { note = "转账或汇款" })
end

local function read_picture(req, row)
    local about = { label = "缴费凭证", limit = voucher.limit, formats = voucher.formats }
    local ok, file = pcall(req.upload, req, { kinds = voucher.formats, limit = voucher.limit, data_key = row.data_key })
    if ok then
        return file
    end
    local reason = type(file) == "table" and type(file.details) == "table" and file.details.reason
    return reason and fail("E_INVALID", scan.refusal(reason, about), { reason = reason }) or error(file, 0)
end

-- voucher.picture(req) -> the part of a form that holds the picture, current for voucher.add; nil when none was chosen
function voucher.picture(req)
    for part in req:parts() do
        if part.name == "scan" then
            return part.filename and part.filename ~= "" and part or nil
        end
    end
    return nil
end

-- voucher.add(req, user, key, name): the picture is the current part of the request. Raises E_INVALID and E_CONFLICT in sentences.
function voucher.add(req, user, key, name, note)
    local row = own.get(user, key)
    local ok, sentence = voucher.allowed(row)
    if not ok then
        fail("E_CONFLICT", sentence)
    elseif (text.length(note or "") or math.huge) > NOTE then
        fail("E_INVALID", "备注最多 " .. NOTE .. " 个字")
    end
    local file = read_picture(req, row)
    file.name, file.note = name or "", text.trim(text.normalize(note or ""))
    local done, problem = pcall(store.tx, function(tx)
        add_in(tx, user, key, file)
    end)
    if not done then
        blob.remove(file.blob)
        error(problem, 0)
    end
    case.told(key)
end

-- The waiting ones of all cases, oldest first: for the cashier.
function voucher.waiting(user, after)
    own.must_be(user, ROLES)
    return reader.page(store.list("voucher", { index = "state", equal = { "waiting" }, after = after, limit = 50 }))
end

local function find(key)
    local row = store.is_key(key) and store.get("voucher", key) or fail("E_NOT_FOUND", "没有找到这张凭证")
    row.key = key
    return row
end

-- voucher.get(user, key) -> row: any, for the cashier
function voucher.get(user, key)
    own.must_be(user, ROLES)
    return find(key)
end

-- voucher.in_case(row, key) -> row: one of that case, which the caller has read for its owner
function voucher.in_case(row, key)
    local one = find(key)
    return one.case == row.key and one or fail("E_NOT_FOUND", "没有找到这张凭证")
end

local function lock(tx, key)
    local row = tx:get("voucher", key) or fail("E_NOT_FOUND", "没有找到这张凭证")
    if row.state ~= "waiting" then
        fail("E_CONFLICT", "这张凭证已处理，请刷新页面")
    end
    local of = tx:get("case", row.case)
    of.key = row.case
    return row, of
end

local function decide(tx, key, row, user, state, reason)
    row.key = nil
    row.state, row.decided_by, row.decided, row.reason = state, user.account, tx:now(), reason or ""
    tx:put("voucher", key, row)
end

local function event_of(tx, of, event, user, extra)
    if case.knows(of, event, "cashier") then
        case.fire(tx, of, event, { account = user.account, as = "cashier" }, extra)
    else
        case.put(tx, of)
    end
end

-- The transfer pays the order: its cases go on. -> the cases
local function accept(tx, key, row, of, user, reference)
    local sum = money.yuan(order.part(tx:get("order", row.order), row.case))
    decide(tx, key, row, user, "confirmed", reference)
    of.voucher = "none"
    event_of(tx, of, "voucher_confirmed", user, { say = { amount = sum }, note = sum .. " 元" })
    return payment.settle(tx, row.order, { account = user.account, as = "cashier" }, row.case)
end

local function turn_down(tx, key, row, of, user, reason)
    decide(tx, key, row, user, "refused", reason)
    of.voucher = "refused"
    event_of(tx, of, "voucher_refused", user, { reason = reason })
end

-- Money came, but not what the open order asks for: it stands unapplied, and both sides are told.
local function set_aside(tx, key, row, of, user, fen)
    local sum = money.yuan(fen)
    todo.add(tx, "receipt", { case = row.case, text = "银行到账 " .. sum .. " 元，与待付订单不符，请入账或退回" })
    turn_down(tx, key, row, of, user, "银行到账 " .. sum .. " 元，与应缴金额不一致或费用已经付清，收费人员会与您联系")
end

-- voucher.confirm(user, key, reference, fen) -> outcome (applied | unapplied): the transfer of that sum stands on the bank's list.
-- Another sum than the order's stays unapplied. E_CONFLICT when that entry of the list was booked before.
function voucher.confirm(user, key, reference, fen)
    own.must_be(user, ROLES)
    local told
    local outcome = store.tx(function(tx)
        local row, of = lock(tx, key)
        told = { row.case }
        local result = tx:transfer { order = row.order, bank_reference = reference, fen = fen, by = user.account, as = "cashier" }
        if result == "repeated" then
            fail("E_CONFLICT", "这个银行流水号已经入账，请核对")
        elseif result == "applied" then
            told = accept(tx, key, row, of, user, reference)
        else
            set_aside(tx, key, row, of, user, fen)
        end
        return result
    end)
    for _, one in ipairs(told) do
        case.told(one)
    end
    return outcome
end

-- voucher.refuse(user, key, reason): the applicant may hand in another one.
function voucher.refuse(user, key, reason)
    own.must_be(user, ROLES)
    if text.trim(reason or "") == "" then
        fail("E_INVALID", "请写明凭证未通过的原因")
    end
    local told
    store.tx(function(tx)
        local row, of = lock(tx, key)
        told = row.case
        turn_down(tx, key, row, of, user, reason)
    end)
    case.told(told)
end

return voucher
