-- SPDX-License-Identifier: Apache-2.0
-- check job: runs in a process without rights (certhall check-bundle): loads a bundle, checks it, runs its tests and replays
-- cases. It answers with JSON and touches nothing.
local bundle_check = use "lib/bundle_check"

local CANDIDATE = "candidate"

-- The job's budget of instructions is that of one wait: a pause makes a new one.
local function pause()
    task.sleep(0)
end

job.on("bundle.check", function(args)
    local findings = bundle_check.load(CANDIDATE, args.files)
    if #findings == 0 then
        findings = bundle_check.run(CANDIDATE, pause)
    end
    checker.answer(json.encode { findings = json.array(findings) })
end)
