-- SPDX-License-Identifier: Apache-2.0
-- fact: what the rules are told of a case (FACTS in lib/business). The base comes from the row and from the facts of money
-- and trust; services add what they know: fact.on(function(r, row, facts, b) … end), in the order of scripts/main.lua.
local live = use "system/service/live"
local reader = use "system/service/reader"

local fact = {}

local hooks = {}

function fact.on(hook)
    hooks[#hooks + 1] = hook
end

-- The types of the live material facts of a case: { id = the fact }.
local function materials_of(r, key)
    local found = r:list("fact", { index = "case", equal = { key, "material" }, limit = 200 })
    local have = {}
    for _, one in ipairs(found.rows) do
        if not one.row.ended then
            have[one.row.type] = one.row
        end
    end
    return have
end
fact.materials = materials_of

-- The items that were returned and are still open.
function fact.returned(row)
    local open = json.array {}
    for _, one in ipairs(row.returned or {}) do
        if not one.done then
            open[#open + 1] = one.item
        end
    end
    return open
end

local function base(r, row, by, b)
    local standing = r:standing(row.key)
    local today = time.date(r:now())
    local facts = { case = row.key, by = by, today = today, quote_date = today, values = row.values, medium = row.medium,
        delivery = row.delivery.delivery or "none", errors = {}, agreed = row.agreement and row.agreement.version or false,
        identity = standing.identified and "passed" or row.compare and "manual" or "none",
        paid = standing.paid or standing.waived, refund = standing.paid, voucher = row.voucher, total = row.total, approvals = row.approvals,
        claimed = row.claim ~= nil, paper = row.paper ~= nil, returned = fact.returned(row), own = false, reason = "" }
    facts.have = materials_of(r, row.key)
    facts.missing = b:missing({ kind = row.kind, values = row.values, medium = row.medium, delivery = facts.delivery }, facts.have)
    return facts
end

-- fact.of(tx or nil, row, by, extra, b) -> the facts (new)
function fact.of(tx, row, by, extra, b)
    local r = reader.of(tx)
    b = b or live.rules_of(row)
    local facts = base(r, row, by, b)
    for _, hook in ipairs(hooks) do
        hook(r, row, facts, b)
    end
    facts.have = nil
    for name, value in pairs(extra or {}) do
        if name ~= "say" and name ~= "note" then
            facts[name] = value
        end
    end
    return facts
end

return fact
