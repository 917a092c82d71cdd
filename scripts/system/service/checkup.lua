-- SPDX-License-Identifier: Apache-2.0
-- checkup: asks the process without rights (job/check) about rules that nobody has approved: what is wrong, what they would show.
-- Findings: { file, path, line, column, severity = error | warning, message, mend }.
local bundles = use "system/service/bundles"
local draft = use "system/service/rules_draft"
local live = use "system/service/live"
local publish = use "system/service/publish"

local checkup = {}

local QUICK_MS, FULL_MS = 10000, 60000
local EVENTS_MAX = 600

local died = { E_TIMEOUT = "检查超时：规则中有不会结束的循环，或过于复杂", E_SCRIPT = "检查中止：规则使用的内存或时间超过限制" }

local function wrong(message)
    return { findings = json.array { { file = "", path = "", line = 1, column = 1, severity = "error", message = message,
        mend = "撤销最近的修改后再检查" } }, tests = json.array {} }
end

local function ask(question, timeout_ms)
    local ok, answer = pcall(checker.run, json.encode(question), timeout_ms)
    if ok then
        ok, answer = pcall(json.decode, answer)
        return ok and answer or wrong(died.E_SCRIPT)
    end
    local said = type(answer) == "table" and died[answer.code]
    if not said then
        error(answer, 0)
    end
    return wrong(said)
end

function checkup.errors(findings)
    local n = 0
    for _, finding in ipairs(findings) do
        n = finding.severity == "error" and n + 1 or n
    end
    return n
end

-- checkup.quick(files) -> findings: loads, shapes, names; while somebody types
function checkup.quick(files)
    return ask({ mode = "quick", files = files }, QUICK_MS).findings
end

-- checkup.full(files) -> { findings, tests = { { file, name, ok, message } }, ok }
function checkup.full(files)
    local answer = ask({ mode = "full", files = files }, FULL_MS)
    answer.tests = answer.tests or json.array {}
    answer.ok = checkup.errors(answer.findings) == 0
    return answer
end

-- checkup.flow(files, kind), checkup.preview(files, args of lib/bundle_preview.make) -> { findings, flow | preview }
function checkup.flow(files, kind)
    return ask({ mode = "flow", files = files, kind = kind or "" }, QUICK_MS)
end

-- checkup.names(files) -> list of { what, label, info } that the files declare; nothing when they do not load
function checkup.names(files)
    return ask({ mode = "names", files = files }, QUICK_MS).names or {}
end

function checkup.preview(files, args)
    args.mode, args.files = "preview", files
    return ask(args, QUICK_MS)
end

-- The newest events of all cases, as the rules were told of them.
local function recorded()
    local out, kinds, after = json.array {}, {}, nil
    repeat
        local found = store.list("event", { descending = true, limit = 200, after = after })
        for _, one in ipairs(found.rows) do
            local e = one.row
            kinds[e.case] = kinds[e.case] or (store.get("case", e.case) or {}).kind
            out[#out + 1] = e.facts and kinds[e.case] and { kind = kinds[e.case], from = e.from, event = e.event, as = e.as, facts = e.facts,
                reason = e.reason ~= "" and "x" or "" } or nil
        end
        after = found.after
    until not found.more or #out >= EVENTS_MAX
    return out
end

-- checkup.replay(files) -> { asked, differences }: the newest events decided by the live rules and by these
function checkup.replay(files)
    local answer = ask({ mode = "replay", files = files, live = bundles.files(live.hash()), events = recorded() }, FULL_MS)
    return answer.replay or { asked = 0, differences = json.array {} }
end

-- checkup.propose(user, key, reason, due) -> key of the publication, or nil, report: what has an error is never proposed.
function checkup.propose(user, key, reason, due)
    local row = draft.get(user, key)
    local files = draft.files(row)
    local report = checkup.full(files)
    if not report.ok then
        return nil, report
    end
    return publish.propose(user, { files = files, base = row.base, reason = reason, due = due, replay = checkup.replay(files),
        check = { findings = report.findings, tests = report.tests, bundle = bundles.hash(files) } }), report
end

return checkup
