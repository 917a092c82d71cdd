-- SPDX-License-Identifier: Apache-2.0
-- prices: quotes in fen. The bundle decides what is charged; sums and integers are checked here.
local dates = use "lib/dates"
local rules = use "lib/business/rules"

local prices = {}

local FEN_MAX, CASES_MAX, LINES_MAX = 1000000000, 100, 20

local function refuse(what)
    fail("E_SCRIPT", "prices.lua: " .. what)
end

local function is_fen(value)
    return math.type(value) == "integer" and value >= 0 and value <= FEN_MAX
end

local function finish(items, case, given)
    local item = type(given) == "table" and items[given.item] or refuse("a line names no item")
    local label = type(item.label) == "table" and item.label[case.kind] or item.label
    if not is_fen(given.fen) or math.type(given.count) ~= "integer" or given.count < 1 or given.count > 100 then
        refuse(given.item .. ": fen and count must be whole numbers")
    elseif not is_fen(given.off or 0) or (given.off or 0) > given.fen * given.count then
        refuse(given.item .. ": the discount must be a whole number up to the price")
    elseif type(label) ~= "string" then
        refuse(given.item .. " has no label for " .. case.kind)
    end
    return { case = case.case, item = given.item, label = label, period = given.count, unit = item.unit, fen = given.fen,
        off = given.off or 0, off_text = given.off_text or "无优惠", total = given.fen * given.count - (given.off or 0) }
end

-- prices.quote(r, { quote_date, order = { { case, kind, values } … } }) -> { lines, total, from, until_date, remark }
function prices.quote(r, facts)
    local declared = rules.read(r, "prices")
    if #facts.order < 1 or #facts.order > CASES_MAX then
        fail("E_INVALID", "an order has 1 to 100 cases")
    end
    local quote = { lines = json.array {}, total = 0, remark = declared.remark, quote_date = facts.quote_date,
        valid_until = dates.add_days(facts.quote_date, declared.quote_days) }
    for at, case in ipairs(facts.order) do
        local lines = rules.call(r, "prices", "price", { quote_date = facts.quote_date, order = facts.order, at = at },
            case.kind, case.case)
        if type(lines) ~= "table" or #lines > LINES_MAX then
            refuse("price must give a list of at most 20 lines")
        end
        for _, given in ipairs(lines) do
            local line = finish(declared.items, case, given)
            quote.lines[#quote.lines + 1] = line
            quote.total = quote.total + line.total
        end
    end
    return quote
end

-- The words of a price table, in its order.
prices.columns = { "计费项目", "有效期", "有效期单位", "价格", "优惠折扣", "总价" }

return prices
