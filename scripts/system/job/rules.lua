-- SPDX-License-Identifier: Apache-2.0
-- rules job: publishes what was scheduled, when its moment has come.
local publish = use "system/service/publish"

job.on("rules.due", function(args, info)
    publish.due(args.key, info.id)
end)
