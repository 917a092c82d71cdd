-- SPDX-License-Identifier: Apache-2.0
-- account job: a new phone comes into force two days after it was asked for; registrations that nobody confirmed go.
local credential = use "system/service/credential"
local recurring = use "system/service/recurring"
local registration = use "system/service/registration"
local session = use "system/service/session"

job.on("account.phone", function(args, info)
    local ended = store.tx(function(tx)
        tx:finish(info.id)
        return credential.settle_phone(tx, args.account, args.phone)
    end)
    session.hang_up(ended)
end)

recurring.every("registrations", 6 * 3600 * 1000, registration.sweep)
