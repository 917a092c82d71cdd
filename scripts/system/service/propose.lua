-- SPDX-License-Identifier: Apache-2.0
-- propose: a draft on its way to a second administrator: checked, tested, replayed, its moves mapped. What has an error is
-- never proposed.
local bundles = use "system/service/bundles"
local checkup = use "system/service/checkup"
local draft = use "system/service/rules_draft"
local move = use "system/service/move"
local publish = use "system/service/publish"
local replay = use "system/service/replay"

local propose = {}

local WAIT_MS = 5000

-- What each state becomes, in words; those that stay have none.
local function with_words(asked)
    local words = {}
    for _, one in ipairs(asked.lacking) do
        for _, option in ipairs(one.options) do
            words[one.id] = option.value == one.chosen and option.label or words[one.id]
        end
    end
    for _, one in ipairs(asked.states) do
        one.to_label = words[one.kind .. ":" .. one.state]
    end
    return asked.states
end

-- propose.make(user, key of a draft, { reason, due, moves }) -> key of the publication, or nil; report of the check; what move.ask
-- says, if open cases are to be moved. moves: { map } or nil
function propose.make(user, key, p)
    local row = draft.get(user, key)
    local files = draft.files(row)
    publish.refuse_early { reason = p.reason, base = row.base }
    local report = checkup.full(files)
    if not report.ok then
        return nil, report
    end
    local asked = p.moves and move.ask(files, p.moves.map)
    if asked and not move.is_complete(asked) then
        return nil, report, asked
    end
    local run = replay.start(user, row)
    local made = publish.propose(user, { files = files, base = row.base, reason = p.reason, due = p.due, run = run,
        moves = asked and { map = p.moves.map, states = with_words(asked) } or nil,
        check = { findings = report.findings, tests = report.tests, bundle = bundles.hash(files) } })
    replay.wait(run, WAIT_MS)
    return made, report
end

return propose
