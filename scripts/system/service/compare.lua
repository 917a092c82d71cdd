-- SPDX-License-Identifier: Apache-2.0
-- compare: staff who look at a face and a document themselves: a reviewer in place of the machine (manual), or staff of an
-- acceptance point with the person before them (counter).
local case = use "system/service/case"
local claim = use "system/service/claim"
local digest = use "system/service/digest"
local identity = use "system/service/identity"
local own = use "system/service/own"
local person = use "system/service/person"
local refusal = use "system/service/refusal"

local compare = {}

local METHOD = { reviewer = "manual", counter = "counter" }

-- Whether this role may do it now.
function compare.knows(row, as)
    return METHOD[as] ~= nil and case.knows(row, "identified", as)
end

local function fact_of(user, row, as, who)
    local prefix = case.rules(row):kind(row.kind).person
    local number = row.values[prefix .. "_document_type"] .. ":" .. row.values[prefix .. "_document_no"]
    return { case = row.key, person = who, document_mac = digest("document", number), method = METHOD[as], provider = user.account,
        evidence = crypto.sha256(table.concat({ "compared", row.key, who, user.account }, "\n")), by = user.account, as = as }
end

-- compare.pass(user, key, as, note): the person is who the form says
function compare.pass(user, key, as, note)
    local before = own.for_staff(user, key, { as })
    local who = person.identified(before, case.rules(before)) or fail("E_CONFLICT", "申请没有写明身份证件，不能核验")
    local made = fact_of(user, before, as, who)
    refusal.tx(function(tx)
        local row = claim.lock(tx, key)
        if as == "reviewer" then
            claim.must(row, user, tx:now())
        end
        tx:identify(made)
        identity.settle(tx, row, who, tx:now(), case.rules(row):site().days.identity)
        case.fire(tx, row, "identified", { account = user.account, as = as, name = user.name }, { note = note })
    end)
    case.told(key)
end

return compare
