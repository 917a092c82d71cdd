-- SPDX-License-Identifier: Apache-2.0
-- certificate jobs: following the signer, orders that waited for it, reminders and the end.
local change = use "system/service/certificate_change"
local ending = use "system/service/certificate_end"
local follow = use "system/service/certificate_follow"
local recurring = use "system/service/recurring"

local MINUTE = 60 * 1000

recurring.every("certificate.follow", MINUTE, follow.run)

recurring.every("certificate.expiring", 60 * MINUTE, function()
    ending.expire()
    ending.remind()
end)

-- Refused for good, for another was faster: the copy follows by itself.
local function is_settled(problem)
    return type(problem) == "table" and (problem.code == "E_CONFLICT" or problem.code == "E_NOT_FOUND" or problem.code == "E_DENIED")
end

job.on("certificate.order", function(args, info)
    local ok, done = pcall(change.carry_out, args)
    if not ok and not is_settled(done) then
        error(done, 0)
    elseif ok and not done then
        fail("E_BUSY", "the signer is silent")
    end
    store.tx(function(tx)
        local row = tx:get("certificate", args.certificate)
        if row and row.wanted == args.act then
            row.wanted = ""
            tx:put("certificate", args.certificate, row)
        end
        tx:finish(info.id)
    end)
end)
