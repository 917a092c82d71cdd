-- SPDX-License-Identifier: Apache-2.0
-- path: the guided path of an application.

-- Where a case stands on the guided path: what is missing decides, never what was done last.
local function onward(facts)
    if #facts.missing > 0 then
        return "materials"
    elseif facts.identity ~= "passed" and facts.identity ~= "manual" then
        return "identity"
    elseif not facts.paid then
        return facts.voucher == "waiting" and "voucher" or "payment"
    end
    return "review"
end

return onward
