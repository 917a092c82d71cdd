-- SPDX-License-Identifier: Apache-2.0
-- prices: rows, discounts and items, and what the price function really gives for every kind.
local prices = use "lib/business/prices"
local rules = use "lib/business/rules"

local check = {}

local function check_rows(out, declared, ids)
    local seen = {}
    for i, row in ipairs(declared.rows or {}) do
        local path = "rows." .. i
        if out:shape("prices", path, row, { item = "text!", kind = "text!", from = "date!", fen = "fen!", years = "integer" }) then
            out:known("prices", path .. ".item", row.item, declared.items, "计费项目")
            out:known("prices", path .. ".kind", row.kind, ids.kinds, "业务")
            local key = table.concat({ tostring(row.item), tostring(row.kind), tostring(row.from), tostring(row.years) }, " ")
            if seen[key] then
                out:wrong("prices", path, "同一项目同一日期有两个价格")
            end
            seen[key] = true
        end
    end
end

local function check_discounts(out, declared, ids)
    for i, d in ipairs(declared.discounts or {}) do
        local path = "discounts." .. i
        if out:shape("prices", path, d, { from = "date!", to = "date", kind = "text!", cases = "integer!", permille = "integer!",
                text = "text!" }) then
            out:known("prices", path .. ".kind", d.kind, ids.kinds, "业务")
            if math.type(d.permille) == "integer" and (d.permille < 0 or d.permille > 1000) then
                out:wrong("prices", path .. ".permille", "折扣应在 0 至 1000 之间")
            end
        end
    end
end

local function check_items(out, declared, ids)
    for name, item in pairs(declared.items or {}) do
        if out:shape("prices", "items." .. name, item, { label = "any!", unit = "text!" }) and type(item.label) == "table" then
            for kind in pairs(item.label) do
                out:known("prices", "items." .. name .. ".label", kind, ids.kinds, "业务")
            end
        end
    end
end

-- From today on, the days on which a price changes.
local function days_of(declared, today)
    local days = { [today] = true }
    for _, row in ipairs(declared.rows or {}) do
        days[row.from] = type(row.from) == "string" and row.from > today or nil
    end
    return rules.keys(days)
end

local function quote(r, kind, day, years, more)
    local values = rules.with({ years = years, seal = "no", signature = "no", medium = "ukey" }, more)
    return prices.quote(r, { quote_date = day, order = { { case = "1", kind = kind.id, values = values } } })
end

-- The first row of a business, to point at.
local function row_of(declared, kind)
    for i, row in ipairs(declared.rows or {}) do
        if row.kind == kind.id then
            return "rows." .. i
        end
    end
    return "rows"
end

local function try_quote(out, r, declared, kind, day, years)
    local dearest = quote(r, kind, day, years.value, { seal = "yes", signature = "yes" })
    local plain = quote(r, kind, day, years.value)
    if #dearest.lines == 0 then
        out:wrong("prices", row_of(declared, kind), "业务“" .. kind.label .. "”没有价格")
    elseif plain.total <= 0 then
        out:wrong("prices", row_of(declared, kind), "业务“" .. kind.label .. "”的价格为 0 元")
    end
end

-- Asks the price of every kind and number of years; after three that fail the others would not say more.
local function try_all(out, r, declared, kinds, today)
    local failed = 0
    for _, day in ipairs(days_of(declared, today)) do
        for _, kind in ipairs(kinds) do
            for _, years in ipairs(declared.years or {}) do
                failed = failed + (failed < 3 and not out:try("prices", try_quote, out, r, declared, kind, day, years) and 1 or 0)
            end
        end
    end
end

function check.run(out, r, kinds, ids, today)
    local declared = rules.read(r, "prices")
    out:shape("prices", "", declared, { items = "table!", rows = "list!", discounts = "list", years = "list!", quote_days = "integer!",
        remark = "text!", price = "flag!" })
    out:unique("prices", "years", declared.years or {}, "value")
    check_items(out, declared, ids)
    check_rows(out, declared, ids)
    check_discounts(out, declared, ids)
    try_all(out, r, declared, kinds, today)
end

return check
