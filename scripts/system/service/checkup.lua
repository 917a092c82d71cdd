-- SPDX-License-Identifier: Apache-2.0
-- checkup: asks the process without rights (job/check) about rules that nobody has approved: what is wrong, what they would show.
-- Findings: { file, path, line, column, severity = error | warning, message, mend }.
local checkup = {}

local QUICK_MS, FULL_MS = 10000, 60000

local died = { E_TIMEOUT = "检查超时：规则中有不会结束的循环，或过于复杂", E_SCRIPT = "检查中止：规则使用的内存或时间超过限制" }

local function wrong(message)
    return { findings = json.array { { file = "", path = "", line = 1, column = 1, severity = "error", message = message,
        mend = "撤销最近的修改后再检查" } }, tests = json.array {} }
end

-- question: a table, or JSON
local function ask(question, timeout_ms)
    question = type(question) == "table" and json.encode(question) or question
    local ok, answer = pcall(checker.run, question, timeout_ms)
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

-- The question of a replay. Put together at once: it is long, and each copy holds the loop.
local function replay_question(files, live, cases, told)
    local parts = { '{"mode":"replay","files":' .. json.encode(files), '"live":' .. json.encode(live), '"cases":[' .. (cases[1] or "") }
    table.move(cases, 2, #cases, #parts + 1, parts)
    parts[#parts] = parts[#parts] .. "]"
    parts[#parts + 1] = '"told":[' .. (told[1] or "")
    table.move(told, 2, #told, #parts + 1, parts)
    parts[#parts] = parts[#parts] .. "]}"
    return table.concat(parts, ",")
end

-- checkup.replay(files, live, cases, told) -> { cases, events, differences } of lib/bundle_replay, or nil and why: the process
-- died. cases, told: lists of JSON texts.
function checkup.replay(files, live, cases, told)
    local question = replay_question(files, live, cases, told)
    local answer = ask(question, FULL_MS)
    return answer.replay, answer.findings[1] and answer.findings[1].message
end

-- checkup.moves(files, asked) -> { lacking, refused } of lib/bundle_moves, or nil and why
function checkup.moves(files, asked)
    local answer = ask({ mode = "moves", files = files, asked = asked }, QUICK_MS)
    return answer.moves, answer.findings[1] and answer.findings[1].message
end

return checkup
