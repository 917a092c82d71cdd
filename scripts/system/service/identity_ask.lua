-- SPDX-License-Identifier: Apache-2.0
-- identity_ask: what happens by itself when a case comes to the identity check. Who passed one within its days for another case
-- of this account need not again (C30); else a link goes by SMS to a person who is not the one at the page.
local case = use "system/service/case"
local effect = use "system/service/effect"
local face = use "system/gateway/face"
local identity = use "system/service/identity"
local link = use "system/service/link"
local live = use "system/service/live"
local person = use "system/service/person"
local reader = use "system/service/reader"

local identity_ask = {}

local DAY_MS = 24 * 3600 * 1000

-- Whether the person is to be asked on a phone of theirs.
local function is_elsewhere(tx, row, b)
    local account, phone = tx:get("account", row.account), identity.phone(row, b)
    return face.adapter() ~= nil and phone ~= nil and not (account and account.phone == phone)
end

local function has_others(tx, row)
    return #tx:list("grant", { index = "holder", equal = { row.account }, limit = 2 }).rows > 1
end

effect.on("ask_identity", function(tx, row, ctx)
    local elsewhere = is_elsewhere(tx, row, ctx.b)
    if elsewhere or has_others(tx, row) then
        tx:enqueue("identity.ask", { case = row.key, since = row.since, account = row.account, sms = elsewhere })
    end
end)

-- Name and phone of the person as the form has them: the core compares the document only, and the word of a check that is used
-- again has to reach the person who made it.
local function name_and_phone(row)
    local b = live.rules_of(row)
    return (row.values[b:kind(row.kind).person .. "_name"] or "") .. "\n" .. (identity.phone(row, b) or "")
end

-- A check of its own, not one that counts again there; within the days of the rules, which may be fewer than the core's.
local function has_own(row)
    local found = identity.fact(reader.of(nil), row.key)
    return found ~= nil and not found.from and found.at + live.rules():site().days.identity * DAY_MS > time.now()
end

-- The newest case of the account whose check may count for this one, or nil.
local function earlier_of(row, who)
    for _, one in ipairs(case.mine({ account = row.account }).rows) do
        if one.key ~= row.key and one.person == who and has_own(one) and name_and_phone(one) == name_and_phone(row) then
            return one
        end
    end
    return nil
end

local function take_over(tx, row, earlier, digests)
    if not earlier or not case.knows(row, "identified", "system")
        or not tx:identify_as { case = row.key, earlier = earlier.key, account = row.account, person = digests.person, document_mac = digests.document_mac } then
        return false
    end
    identity.settle(tx, row, digests.person, identity.fact(tx, row.key).at, live.rules():site().days.identity)
    case.fire(tx, row, "identified", { account = "", as = "system" }, { note = "沿用业务受理号 " .. earlier.number .. " 的身份识别" })
    return true
end

local function was_asked(tx, key, since)
    for _, one in ipairs(tx:list("link", { index = "case", equal = { key }, limit = 200 }).rows) do
        if one.row.way == "sms" and one.row.made >= since then
            return true
        end
    end
    return false
end

-- Of the case as it stands before the transaction: digests may wait. nil when it has moved on.
local function looked_up(args)
    local row = store.get("case", args.case)
    if not row or row.since ~= args.since then
        return nil
    end
    row.key = args.case
    local named = person.identified(row, live.rules_of(row)) and { identity.subject(row) }
    return { rev = row.rev, digests = named and named[2], earlier = named and earlier_of(row, named[2].person) }
end

-- identity_ask.run(args, job id): the job behind ask_identity; once for each time the state is entered
function identity_ask.run(args, job_id)
    local found, made = looked_up(args), args.sms and link.prepare(args.case, "identity", { way = "sms", account = args.account })
    store.tx(function(tx)
        local row = tx:get("case", args.case)
        if found and row and row.since == args.since then
            row.key = args.case
            local is_done = row.rev == found.rev and take_over(tx, row, found.earlier, found.digests)
            if not is_done and made and not was_asked(tx, args.case, args.since) then
                identity.tell(tx, row, made)
            end
        end
        tx:finish(job_id)
    end)
    case.told(args.case)
end

return identity_ask
