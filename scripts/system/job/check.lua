-- SPDX-License-Identifier: Apache-2.0
-- check job: runs in a process without rights (certhall check-bundle): loads a bundle, then does what args.mode says: quick
-- (structure only), full (invariants and tests too; also when nothing is said), flow, preview, replay, moves. It answers with JSON and
-- touches nothing.
local bundle_check = use "lib/bundle_check"
local bundle_moves = use "lib/bundle_moves"
local bundle_preview = use "lib/bundle_preview"
local bundle_replay = use "lib/bundle_replay"
local lua_places = use "lib/lua_places"
local mend = use "lib/bundle_check/mend"

local CANDIDATE, LIVE = "candidate", "live"

local STEPS = 16

-- The job's budget of instructions is that of one wait: a pause makes a new one.
local function pauses()
    local n = 0
    return function()
        n = n + 1
        if n % STEPS == 0 then
            task.sleep(0)
        end
    end
end

local modes = {}

function modes.quick()
    return { findings = bundle_check.structure(CANDIDATE) }
end

function modes.full()
    local findings, tests = bundle_check.run(CANDIDATE, pauses())
    return { findings = findings, tests = json.array(tests) }
end

function modes.flow(args)
    return { findings = {}, flow = bundle_preview.flow(CANDIDATE, args.kind) }
end

function modes.preview(args)
    return { findings = {}, preview = bundle_preview.make(CANDIDATE, args) }
end

function modes.replay(args)
    local findings = bundle_check.load(LIVE, args.live)
    task.sleep(0)
    return { findings = findings, replay = #findings == 0 and bundle_replay.run(LIVE, CANDIDATE, args.cases, args.told, pauses()) or nil }
end

function modes.moves(args)
    return { findings = {}, moves = bundle_moves.run(CANDIDATE, args.asked) }
end

-- Where it stands and how it can be mended. What two kinds share is said once.
local function complete(findings, files)
    local out, seen = json.array {}, {}
    for _, finding in ipairs(findings) do
        local body, id = files[finding.file], finding.file .. "\n" .. tostring(finding.path) .. "\n" .. finding.message
        if not seen[id] then
            task.sleep(0)
            seen[id], out[#out + 1] = true, finding
            finding.path = tostring(finding.path)
            finding.line, finding.column = 1, 1
            if body then
                finding.line, finding.column = lua_places.find(body, finding.path)
            end
            finding.mend = mend.of(finding.message)
        end
    end
    return out
end

job.on("bundle.check", function(args)
    local answer = { findings = bundle_check.load(CANDIDATE, args.files) }
    if #answer.findings == 0 then
        task.sleep(0)
        answer = (modes[args.mode or "full"] or modes.full)(args)
    end
    answer.findings = complete(answer.findings, args.files)
    checker.answer(json.encode(answer))
end)
