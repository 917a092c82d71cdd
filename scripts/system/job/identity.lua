-- SPDX-License-Identifier: Apache-2.0
-- identity jobs: an earlier check that counts again or the link by SMS, and the end of a check's thirty days.
local identity = use "system/service/identity"
local identity_ask = use "system/service/identity_ask"

job.on("identity.ask", function(args, info)
    identity_ask.run(args, info.id)
end)

job.on("identity.expire", function(args, info)
    identity.expire(args, info.id)
end)
