-- SPDX-License-Identifier: Apache-2.0
-- bundle_tests: runs the tests that a bundle brings (business/tests): given facts, when an event, then state, price, missing,
-- errors, effects, messages.
local business = use "lib/business"
local said = use "lib/bundle_check/said"
local rules = use "lib/business/rules"

local bundle_tests = {}

local TODAY = "2026-11-24"

local function same(a, b)
    return json.encode(a) == json.encode(b)
end

local function show(value)
    return type(value) == "table" and table.concat(value, "、") or tostring(value)
end

local function to_set(list)
    local set = {}
    for _, id in ipairs(list or {}) do
        set[id] = true
    end
    return set
end

local function error_fields(errors)
    local ids = json.array {}
    for i, e in ipairs(errors) do
        ids[i] = e.field
    end
    return ids
end

local function facts_of(b, test, case)
    local given = case.given
    local facts = rules.with(given, { today = given.today or TODAY, quote_date = given.quote_date or TODAY,
        by = case.when and case.when.by })
    local clean, errors = b:check(test.kind, rules.with(test.values, given.values), { today = facts.today })
    facts.values, facts.errors = clean, error_fields(errors)
    facts.medium = clean.medium or ""
    facts.delivery = given.delivery or (facts.medium == "ukey" and "courier" or "none")
    facts.missing = given.missing or b:missing({ kind = test.kind, values = clean, delivery = facts.delivery }, to_set(given.have))
    return facts
end

-- What came out, by the names that `expect` may use; only what is expected is computed.
local function outcome(b, test, case, facts)
    local got = { errors = facts.errors, missing = facts.missing }
    if case.when then
        local after = b:next(test.kind, case.given.state, case.when.event, facts)
        got.state, got.refused, got.effects, got.messages = after.state, after.refused ~= nil, after.effects, after.notify
    end
    if case.expect.price then
        local order = case.given.order or { { case = "1", kind = test.kind, values = facts.values } }
        got.price = b:quote({ quote_date = facts.quote_date, order = order }).total
    end
    return got
end

local function run_case(b, test, case)
    local got = outcome(b, test, case, facts_of(b, test, case))
    for name, wanted in pairs(case.expect) do
        if type(wanted) == "table" and #wanted == 0 then
            wanted = json.array {}
        end
        if not same(got[name], wanted) then
            return name .. " 应为 " .. show(wanted) .. "，实际为 " .. show(got[name])
        end
    end
    return nil
end

local function run_file(b, file, out)
    local test = rules.read(b.r, file)
    for _, case in ipairs(test.cases) do
        local ok, why = pcall(run_case, b, test, case)
        out[#out + 1] = { file = file .. ".lua", name = case.name, ok = ok and why == nil, message = why and (ok and why or said.error(why)) }
    end
end

-- bundle_tests.run(hash) -> list of { file, name, ok, message }; words of the same bundle are used.
function bundle_tests.run(hash)
    local b, out = business.open(hash, hash), json.array {}
    for _, name in ipairs(bundle.files(hash)) do
        local file = string.match(name, "^(tests/.+)%.lua$")
        if file then
            local ok, err = pcall(run_file, b, file, out)
            if not ok then
                out[#out + 1] = { file = name, name = "", ok = false, message = (said.error(err)) }
            end
        end
    end
    return out
end

return bundle_tests
