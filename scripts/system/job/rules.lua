-- SPDX-License-Identifier: Apache-2.0
-- rules job: publishes what was scheduled, when its moment has come; replays recorded cases; moves open ones.
local command = use "system/service/rules_command"
local move = use "system/service/move"
local publish = use "system/service/publish"
local replay = use "system/service/replay"

job.on("rules.due", function(args, info)
    publish.due(args.key, info.id)
end)

job.on("rules.replay", function(args, info)
    replay.step(args.key, info.id)
end)

job.on("rules.move", function(args, info)
    move.step(args.key, info.id)
end)

-- What certhall bundle asks of the running hall; the answer is a text.
job.on("rules.command", function(args)
    local act = command[args.act] or fail("E_INVALID", "no such act")
    return act(args)
end)
