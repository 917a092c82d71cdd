-- SPDX-License-Identifier: Apache-2.0
-- rules job: publishes what was scheduled, when its moment has come; replays recorded cases; moves open ones.
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
