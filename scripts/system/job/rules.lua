-- SPDX-License-Identifier: Apache-2.0
-- rules job: publishes what was scheduled, when its moment has come.
local command = use "system/service/rules_command"
local publish = use "system/service/publish"

job.on("rules.due", function(args, info)
    publish.due(args.key, info.id)
end)

-- What certhall bundle asks of the running hall; the answer is a text.
job.on("rules.command", function(args)
    local act = command[args.act] or fail("E_INVALID", "no such act")
    return act(args)
end)
