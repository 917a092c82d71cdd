-- SPDX-License-Identifier: Apache-2.0
-- account job: a new phone comes into force two days after it was asked for.
local credential = use "system/service/credential"
local session = use "system/service/session"

job.on("account.phone", function(args, info)
    local ended = store.tx(function(tx)
        tx:finish(info.id)
        return credential.settle_phone(tx, args.account, args.phone)
    end)
    session.hang_up(ended)
end)
