-- SPDX-License-Identifier: Apache-2.0
-- cases: the tests that a bundle brings: their shapes, so that a misspelt fact does not make a test of nothing, and businesses
-- that nobody tests.
local events = use "lib/bundle_check/events"
local flows = use "lib/business/flows"
local forms = use "lib/business/forms"
local rules = use "lib/business/rules"

local check = {}

local TEST = { kind = "text!", values = "table!", cases = "list!" }
local CASE = { name = "text!", given = "table!", when = "table", expect = "table!" }
local EXPECT = { state = "text", refused = "boolean", price = "integer", missing = "list", errors = "list", effects = "list",
    messages = "list" }
-- What a case may say: the facts of a flow, and where it stands.
local GIVEN = { state = true, today = true, quote_date = true, have = true, order = true }
for name in pairs(flows.facts) do
    GIVEN[name] = true
end

local function check_given(out, file, path, case, flow)
    for name in pairs(case.given) do
        out:known(file, path .. ".given", name, GIVEN, "事实")
    end
    out:known(file, path .. ".given", case.given.state, flow.states, "状态")
    if case.when and out:shape(file, path .. ".when", case.when, { event = "text!", by = "text!" }) then
        local own = (flow.states[case.given.state] or {}).after
        out:known(file, path .. ".when", own and own.event == case.when.event and "expire" or case.when.event, events, "事件")
        out:known(file, path .. ".when", case.when.by, flows.actors, "角色")
    end
end

local function check_case(out, file, case, path, flow, by_id)
    if not out:shape(file, path, case, CASE) or type(case.given) ~= "table" then
        return
    end
    check_given(out, file, path, case, flow)
    out:shape(file, path .. ".expect", case.expect, EXPECT)
    if type(case.expect) == "table" and next(case.expect) == nil then
        out:wrong(file, path .. ".expect", "测试没有写出应有的结果")
    end
    for name in pairs(case.given.values or {}) do
        out:known(file, path .. ".given", name, by_id, "字段")
    end
end

local function check_file(out, r, file, ids)
    local test = rules.read(r, file)
    if not out:shape(file, "", test, TEST) or not out:known(file, "kind", test.kind, ids.kinds, "业务") or type(test.cases) ~= "table" then
        return
    end
    local flow, by_id = flows.get(r, test.kind), forms.get(r, test.kind, "form").by_id
    for name in pairs(test.values or {}) do
        out:known(file, "values", name, by_id, "字段")
    end
    out:unique(file, "cases", test.cases, "name")
    for _, case in ipairs(test.cases) do
        check_case(out, file, case, type(case) == "table" and tostring(case.name) or "cases", flow, by_id)
    end
end

-- A business without a test changes unnoticed.
local function check_tested(out, kinds, tested)
    for _, kind in ipairs(kinds) do
        if not tested[kind.id] then
            out:doubtful("kinds", tostring(kind.id), "业务“" .. tostring(kind.label) .. "”没有测试")
        end
    end
end

-- check.run(out, r, kinds, ids): ids = { files, kinds = { id = row } }
function check.run(out, r, kinds, ids)
    local tested = {}
    for name in pairs(ids.files) do
        if string.find(name, "^tests/") then
            local test = rules.read(r, name)
            out:try(name, check_file, out, r, name, ids)
            tested[test.kind or ""] = type(test.cases) == "table" and #test.cases > 0 or tested[test.kind]
        end
    end
    check_tested(out, kinds, tested)
end

return check
