-- SPDX-License-Identifier: Apache-2.0
-- check job: runs in a process without rights (certhall check-bundle): loads a bundle, then does what args.mode says: quick
-- (lint and structure), full (invariants and tests too; also when nothing is said), flow, names, preview, replay, moves. It answers
-- with JSON and touches nothing. args.today (may be left out): the day on which the rules are judged.
local bundle_check = use "lib/bundle_check"
local bundle_moves = use "lib/bundle_moves"
local bundle_preview = use "lib/bundle_preview"
local bundle_replay = use "lib/bundle_replay"
local lint = use "lib/bundle_check/lint"
local lua_places = use "lib/lua_places"
local mend = use "lib/bundle_check/mend"
local report = use "lib/bundle_check/report"

local CANDIDATE, LIVE = "candidate", "live"

local COMPUTE_MS = 150

-- A pause between two steps: the job's budget is that of one wait, and a wait costs a tick of the clock.
local function pauses()
    local since = time.now()
    return function()
        if time.now() - since > COMPUTE_MS then
            task.sleep(0)
            since = time.now()
        end
    end
end

local modes = {}

function modes.quick(args)
    return { findings = bundle_check.structure(CANDIDATE, args.today) }
end

function modes.full(args, pause)
    local findings, tests = bundle_check.run(CANDIDATE, pause, args.today)
    return { findings = findings, tests = json.array(tests) }
end

function modes.flow(args)
    return { findings = {}, flow = bundle_preview.flow(CANDIDATE, args.kind) }
end

function modes.names()
    return { findings = {}, names = bundle_preview.names(CANDIDATE) }
end

function modes.preview(args)
    return { findings = {}, preview = bundle_preview.make(CANDIDATE, args) }
end

function modes.replay(args, pause)
    local findings = bundle_check.load(LIVE, args.live)
    pause()
    return { findings = findings, replay = #findings == 0 and bundle_replay.run(LIVE, CANDIDATE, args.cases, args.told, pause) or nil }
end

function modes.moves(args)
    return { findings = {}, moves = bundle_moves.run(CANDIDATE, args.asked) }
end

local judging = { [modes.quick] = true, [modes.full] = true }

-- Where each error of the linter stands: "prices.lua:12", and "prices.lua" for a text that is no Lua at all.
local function places_of(findings)
    local set = {}
    for _, f in ipairs(findings) do
        if f.severity == "error" then
            set[f.file .. ":" .. f.line] = true
            set[f.file] = set[f.file] or string.find(f.message, "语法错误", 1, true) ~= nil
        end
    end
    return set
end

-- What was refused before Lua's grammar: bytecode, another encoding, invisible characters.
local function is_no_text(findings, name)
    local first = findings[1]
    return first and first.file == name and (string.find(first.message, "^文件") or string.find(first.message, "<close>", 1, true))
end

-- Lua says of a text that is nested too deeply only that it is; the linter gave up on the same file.
local function with_file(finding, linted)
    for _, one in ipairs(linted) do
        if finding.file == "" and string.find(one.message, "^写法无法查验") then
            finding.file, finding.line, finding.column = one.file, one.line, one.column
        end
    end
    return finding
end

-- The linter's findings before the others; what ended the loading is left out where the linter says it better.
local function with_lint(findings, files, pause)
    local out, texts = report.new(), {}
    for name, body in pairs(files) do
        texts[name] = not is_no_text(findings, name) and body or nil
    end
    lint.run(out, texts, pause)
    local told, linted = places_of(out.findings), { table.unpack(out.findings) }
    for _, one in ipairs(findings) do
        local f = with_file(one, linted)
        if not told[f.file .. ":" .. f.path] and not (told[f.file] and math.tointeger(tonumber(f.path))) then
            out.findings[#out.findings + 1] = f
        end
    end
    return out.findings
end

local function in_order(findings)
    table.sort(findings, function(a, b)
        if a.file ~= b.file then
            return a.file < b.file
        elseif a.line ~= b.line then
            return a.line < b.line
        end
        return a.message < b.message
    end)
    return findings
end

-- Where it stands and how it can be mended. What two kinds share is said once.
local function complete(findings, files, pause)
    local out, seen, read = json.array {}, {}, {}
    for _, finding in ipairs(findings) do
        local body, id = files[finding.file], finding.file .. "\n" .. tostring(finding.path) .. "\n" .. finding.message
        if not seen[id] then
            pause()
            seen[id], out[#out + 1] = true, finding
            finding.path = tostring(finding.path)
            if not finding.line and body then
                read[finding.file] = read[finding.file] or lua_places.read(body)
                finding.line, finding.column = lua_places.find(body, finding.path, read[finding.file])
            end
            finding.line, finding.column = finding.line or 1, finding.column or 1
            finding.mend = finding.mend or mend.of(finding.message)
        end
    end
    return in_order(out)
end

job.on("bundle.check", function(args)
    local mode, pause = modes[args.mode or "full"] or modes.full, pauses()
    local answer = { findings = bundle_check.load(CANDIDATE, args.files) }
    args.today = args.today or time.date(time.now())
    if #answer.findings == 0 then
        answer = mode(args, pause)
    end
    if judging[mode] then
        answer.findings = with_lint(answer.findings, args.files, pause)
    end
    answer.findings = complete(answer.findings, args.files, pause)
    checker.answer(json.encode(answer))
end)
