-- SPDX-License-Identifier: Apache-2.0
-- compare: staff who look at a face and a document themselves: a reviewer in place of the machine (manual), or staff of an
-- acceptance point with the person before them (counter).
local case = use "system/service/case"
local claim = use "system/service/claim"
local digest = use "system/service/digest"
local link = use "system/service/link"
local own = use "system/service/own"
local person = use "system/service/person"
local refusal = use "system/service/refusal"

local compare = {}

local DAY_MS = 24 * 3600 * 1000
local METHOD = { reviewer = "manual", counter = "counter" }

-- Whether this role may do it now.
function compare.knows(row, as)
    return METHOD[as] ~= nil and case.knows(row, "identified", as)
end

local function identity(user, row, as, who)
    local prefix = case.rules(row):kind(row.kind).person
    local number = row.values[prefix .. "_document_type"] .. ":" .. row.values[prefix .. "_document_no"]
    return { case = row.key, person = who, document_mac = digest("document", number), method = METHOD[as], provider = user.account,
        evidence = crypto.sha256(table.concat({ "compared", row.key, who, user.account }, "\n")), by = user.account, as = as }
end

-- Links that ask for a face end; the days of the check run.
local function follow_up(tx, row)
    link.end_all(tx, row.key, "used", function(one) return one.purpose == "identity" end)
    local days = case.rules(row):site().days.identity
    tx:enqueue("identity.expire", { case = row.key, at = tx:now() }, tx:now() + days * DAY_MS + 1000)
end

-- compare.pass(user, key, as, note): the person is who the form says
function compare.pass(user, key, as, note)
    local before = own.for_staff(user, key, { as })
    local who = person.identified(before, case.rules(before)) or fail("E_CONFLICT", "申请没有写明身份证件，不能核验")
    local made = identity(user, before, as, who)
    refusal.tx(function(tx)
        local row = claim.lock(tx, key)
        if as == "reviewer" then
            claim.must(row, user, tx:now())
        end
        tx:identify(made)
        row.person, row.compare = who, false
        for _, one in ipairs(row.returned) do
            one.done = one.done or one.item == "identity"
        end
        follow_up(tx, row)
        case.fire(tx, row, "identified", { account = user.account, as = as, name = user.name }, { note = note })
    end)
    case.told(key)
end

return compare
