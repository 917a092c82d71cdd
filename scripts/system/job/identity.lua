-- SPDX-License-Identifier: Apache-2.0
-- identity jobs: the link by SMS to a person who is not at the page, and the end of a check's thirty days.
local identity = use "system/service/identity"

job.on("identity.ask", function(args, info)
    identity.ask(args, info.id)
end)

job.on("identity.expire", function(args, info)
    identity.expire(args, info.id)
end)
