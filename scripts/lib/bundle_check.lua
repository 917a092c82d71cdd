-- SPDX-License-Identifier: Apache-2.0
-- bundle_check: what is wrong with a bundle before anybody uses it: structure, ids, types, prices, state graph, invariants,
-- placeholders, its own tests. Findings: { file, path, severity = error | warning, message, mend }; mend may be nil.
local bundle_tests = use "lib/bundle_tests"
local calendar = use "lib/bundle_check/calendar"
local cases = use "lib/bundle_check/cases"
local content = use "lib/bundle_check/content"
local flows = use "lib/bundle_check/flows"
local forms = use "lib/bundle_check/forms"
local invariants = use "lib/bundle_check/invariants"
local prices = use "lib/bundle_check/prices"
local report = use "lib/bundle_check/report"
local rules = use "lib/business/rules"
local said = use "lib/bundle_check/said"
local site = use "lib/bundle_check/site"
local tables = use "lib/bundle_check/tables"
local words = use "lib/bundle_check/words"

local bundle_check = {}

local needed = { "kinds", "lists", "materials", "prices", "templates", "site", "calendar", "regions", "flows/parts", "forms/parts",
    "messages/sms", "messages/mail", "content/texts", "content/home", "content/agreement", "content/guides", "content/news",
    "content/manuals", "content/faq", "content/pages", "content/entries", "content/samples", "content/downloads",
    "print/payment_notice" }

local function file_set(hash)
    local set = {}
    for _, name in ipairs(bundle.files(hash)) do
        set[string.sub(name, 1, -5)] = true
    end
    return set
end

local function has_all(out, files)
    local complete = true
    for _, name in ipairs(needed) do
        if not files[name] then
            complete = false
            out:wrong(name, "", "缺少这个文件")
        end
    end
    return complete
end

-- Every file but those of lib/ says something; an empty one would be found by whoever reads it first.
local function all_return(out, r, files)
    local whole = true
    for name in pairs(files) do
        if not string.find(name, "^lib/") and type(rules.read(r, name)) ~= "table" then
            whole = false
            out:wrong(name, "", "文件没有返回表")
        end
    end
    return whole
end

local function set_of(rows)
    local set = {}
    for _, row in ipairs(rows) do
        set[row.id or ""] = row
    end
    return set
end

local function run_tests(out, hash)
    local results = bundle_tests.run(hash)
    for _, result in ipairs(results) do
        if not result.ok then
            out:wrong(string.sub(result.file, 1, -5), result.name, "测试未通过：" .. result.name .. "：" .. result.message)
        end
    end
    return results
end

local function count_errors(findings)
    local n = 0
    for _, f in ipairs(findings) do
        n = f.severity == "error" and n + 1 or n
    end
    return n
end

local function in_order(findings)
    table.sort(findings, function(a, b)
        if a.file ~= b.file then
            return a.file < b.file
        elseif a.path ~= b.path then
            return a.path < b.path
        end
        return a.message < b.message
    end)
    return findings
end

local function judge(out, r, files, today)
    local kinds = rules.read(r, "kinds")
    if #kinds == 0 then
        return out:wrong("kinds", "", "应为业务列表，至少一行")
    end
    local ids = { files = files, kinds = out:unique("kinds", "", kinds, "id"), templates = set_of(rules.read(r, "templates").rows or {}) }
    tables.run(out, r, kinds, ids)
    out:try("prices", prices.run, out, r, kinds, ids, today)
    out:try("calendar", calendar.run, out, r, today)
    out:try("regions", calendar.regions, out, r)
    out:try("forms/parts", forms.run, out, r, kinds)
    out:try("content/home", content.run, out, r, files)
    out:try("site", site.run, out, r, words.ids(r))
    out:try("flows/parts", flows.run, out, r, kinds, words.ids(r))
    out:try("content/texts", words.run, out, r, kinds, files)
    out:try("kinds", cases.run, out, r, kinds, ids)
end

-- bundle_check.structure(hash, today) -> findings of a bundle that loads, in order: everything that can be seen without
-- running it. today: "2026-11-24", for what must be known of the days to come.
function bundle_check.structure(hash, today)
    local out = report.new()
    local files = file_set(hash)
    if not has_all(out, files) then
        return in_order(out.findings)
    end
    local r = rules.open(hash, hash)
    if all_return(out, r, files) then
        out:try("kinds", judge, out, r, files, today or "2026-11-24")
    end
    return in_order(out.findings)
end

local function no_pause()
end

-- bundle_check.invariants(hash, pause) -> findings of the walk through the flows; for a bundle whose structure is right.
-- pause (may be nil) is called between steps, so that a task can wait there.
function bundle_check.invariants(hash, pause)
    local out, r = report.new(), rules.open(hash, hash)
    invariants.run(out, r, rules.read(r, "kinds"), pause or no_pause)
    return in_order(out.findings)
end

-- bundle_check.run(hash, pause, today) -> all findings, results of the tests; invariants and tests only when the structure is right.
-- Takes some hundred milliseconds: for the check of a candidate, not for a page.
function bundle_check.run(hash, pause, today)
    local out, results = report.new(), json.array {}
    out.findings = bundle_check.structure(hash, today)
    if count_errors(out.findings) == 0 then
        for _, finding in ipairs(bundle_check.invariants(hash, pause)) do
            out.findings[#out.findings + 1] = finding
        end
        results = run_tests(out, hash)
    end
    return in_order(out.findings), results
end

-- bundle_check.load(hash, files) -> findings of loading the texts; none when they load
function bundle_check.load(hash, files)
    local out = report.new()
    local ok, err = pcall(bundle.add, hash, files)
    if ok then
        return out.findings
    end
    local message = type(err) == "table" and err.message or tostring(err)
    local file, line, rest = string.match(message, "^([%w_/]+)%.lua:(%d+): (.*)$")
    out:wrong(file or "", line or "", said.of(rest or message))
    out.findings[1].file = file and file .. ".lua" or ""
    return out.findings
end

return bundle_check
