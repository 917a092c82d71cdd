-- SPDX-License-Identifier: Apache-2.0
-- prices: dated rows in fen; the newest row that is not younger than the quote date counts, so a new price is a new row
-- and nothing old is changed. price(facts) sees the whole order and gives the lines of the case at facts.at.
--
--   rows       { item, kind, from, fen }; years = 3: only for applications of three years, and goes before a row without
--   discounts  { from, to, kind, cases, permille, text }: from so many cases of a kind in one order, permille remains to be
--              paid (900: ten percent off); the first that fits counts, so the larger number of cases stands first
-- The prices that must be right stand in tests/<kind>.lua: amend them with the price.
local items = {
    open = { label = { unit_issue = "单位证书开户费（含一年维护服务费）", personal_issue = "个人证书开户费（含一年维护服务费）" },
        unit = "年" },
    maintain = { label = { unit_issue = "单位证书维护服务费", personal_issue = "个人证书维护服务费" }, unit = "年" },
    seal = { label = { unit_issue = "电子签章制作费", personal_issue = "电子签章制作费" }, unit = "枚" },
    signature = { label = { personal_issue = "电子签名制作费" }, unit = "枚" },
}

-- fen = false ends a price: the item is not collected here from that day on. fen = 16000 is 160.00 yuan, a year or a piece.
local rows = {
    { item = "open", kind = "unit_issue", from = "2026-01-01", fen = 26000 },
    { item = "open", kind = "personal_issue", from = "2026-01-01", fen = 16000 },
    { item = "maintain", kind = "unit_issue", from = "2026-01-01", fen = 18000 },
    { item = "maintain", kind = "unit_issue", from = "2027-01-01", fen = 16000 },
    { item = "maintain", kind = "personal_issue", from = "2026-01-01", fen = 9000 },
    { item = "maintain", kind = "personal_issue", from = "2027-01-01", fen = 8000 },
}

local discounts = {
    { from = "2026-03-01", kind = "personal_issue", cases = 10, permille = 900, text = "同单十份及以上九折" },
}

-- A row for the number of years goes before one for all; among equals the newest counts.
local function goes_before(row, best)
    if not best or (row.years == nil) ~= (best.years == nil) then
        return not best or row.years ~= nil
    end
    return row.from > best.from
end

local function fen_of(item, kind, date, years)
    local best
    for _, row in ipairs(rows) do
        local fits = row.item == item and row.kind == kind and row.from <= date and (row.years or years) == years
        if fits and goes_before(row, best) then
            best = row
        end
    end
    return best and best.fen or nil
end

local function cases_of(order, kind)
    local n = 0
    for _, case in ipairs(order) do
        n = case.kind == kind and n + 1 or n
    end
    return n
end

local function discount_of(facts, kind)
    for _, d in ipairs(discounts) do
        local runs = d.from <= facts.quote_date and (not d.to or facts.quote_date <= d.to)
        if runs and d.kind == kind and cases_of(facts.order, kind) >= d.cases then
            return d
        end
    end
    return nil
end

local function years_of(case)
    return math.tointeger(tonumber(case.values.years)) or 1
end

local function line(facts, item, count)
    local case = facts.order[facts.at]
    local kind = case.kind
    local fen = count > 0 and fen_of(item, kind, facts.quote_date, years_of(case))
    if not fen then
        return nil
    end
    local d = discount_of(facts, kind)
    local off = d and fen * count * (1000 - d.permille) // 1000 or 0
    return { item = item, count = count, fen = fen, off = off, off_text = off > 0 and d.text or "无优惠" }
end

local function price(facts)
    local case = facts.order[facts.at]
    local lines = {}
    local function put(l)
        if l then
            lines[#lines + 1] = l
        end
    end
    put(line(facts, "open", 1))
    put(line(facts, "maintain", years_of(case) - 1))
    put(line(facts, "seal", case.values.seal == "yes" and 1 or 0))
    put(line(facts, "signature", case.values.signature == "yes" and 1 or 0))
    return lines
end

return {
    items = items,
    rows = rows,
    discounts = discounts,
    years = { { value = "1", label = "一年" }, { value = "2", label = "二年" }, { value = "3", label = "三年" },
        { value = "4", label = "四年" }, { value = "5", label = "五年" } },
    quote_days = 30,
    remark = "备注：各类证书的开户费中含一年维护服务费，不含签章费。",
    price = price,
}
