-- SPDX-License-Identifier: Apache-2.0
-- paper: the originals and copies that come by post or over the counter (S185, S186): ticked off against the list of
-- materials, booked with the day they came.
local case = use "system/service/case"
local claim = use "system/service/claim"
local dates = use "lib/dates"
local dossier = use "system/service/dossier"
local own = use "system/service/own"
local refusal = use "system/service/refusal"

local paper = {}

local ROLES = { "counter", "reviewer" }

-- paper.day(text, today, label) -> "2026-11-24", or nil and the sentence; never in the future (S163)
function paper.day(value, today, label)
    local day = dates.parse(text.normalize(value or ""))
    if not day then
        return nil, label .. "应为日期，例如 2026-11-22、20261122 或 2026年11月22日"
    elseif day > today then
        return nil, label .. "不能晚于今天（" .. dates.text(today) .. "）"
    end
    return day
end

local function missing(row, ticked)
    local have, out = {}, {}
    for _, id in ipairs(ticked) do
        have[id] = true
    end
    for _, one in ipairs(dossier.papers(row, case.rules(row))) do
        out[#out + 1] = not have[one.id] and one.label or nil
    end
    return out
end

-- paper.read(row, day, ticked ids) -> { date, errors }
function paper.read(row, day, ticked)
    local errors = {}
    local date, sentence = paper.day(day, time.date(time.now()), "收到日期")
    errors[#errors + 1] = sentence and { field = "date", message = sentence } or nil
    local lacking = missing(row, ticked)
    if #lacking > 0 then
        errors[#errors + 1] = { field = "paper", message = "还缺：" .. table.concat(lacking, "、") .. "。收齐后再登记，缺少的请联系申请人补寄" }
    end
    return { date = date, errors = errors }
end

-- The role in which the user may book paper of the case now, or nil.
function paper.role(row, user)
    for _, as in ipairs(ROLES) do
        if user.roles[as] and case.knows(row, "received", as) then
            return as
        end
    end
    return nil
end

local function role_of(row, user)
    return paper.role(row, user) or fail("E_CONFLICT", "当前状态为“" .. case.rules(row):state(row.kind, row.state).label .. "”，不能登记纸质材料")
end

-- paper.book(user, key, { date }): 登记收到纸质材料
function paper.book(user, key, opts)
    own.for_staff(user, key, ROLES)
    local at = time.parse_date(opts.date)
    refusal.tx(function(tx)
        local row = claim.lock(tx, key)
        local as = role_of(row, user)
        if row.paper then
            fail("E_CONFLICT", "这项申请的纸质材料已于 " .. dates.text(time.date(row.paper)) .. " 登记")
        end
        tx:paper { case = key, by = user.account, as = as }
        row.paper = at
        case.fire(tx, row, "received", { account = user.account, as = as, name = user.name },
            { note = "纸质材料于 " .. dates.text(opts.date) .. " 收到" })
    end)
    case.told(key)
end

return paper
