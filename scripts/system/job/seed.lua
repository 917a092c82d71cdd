-- SPDX-License-Identifier: Apache-2.0
-- seed: fills a store with invented cases, for trying and measuring. Run by `certhall seed` on a store that nobody serves.
local account = use "system/service/account"
local application = use "system/service/application"
local bundles = use "system/service/bundles"
local case = use "system/seed/case"
local first_staff = use "system/service/first_staff"
local invent = use "system/seed/invent"
local live = use "system/service/live"

local CASES_IN_TX = 12
local CASES_PER_ACCOUNT = 40
local SIDE_BY_SIDE = 4

local function staff(password)
    local passwords = {}
    for _, p in ipairs(first_staff.people) do
        passwords[p.login] = password
    end
    first_staff.make(passwords)
    return account.find("reviewer1").key, account.find("counter1").key
end

local function make_accounts(first, count, password)
    local hash, keys = crypto.password_hash(password), {}
    for from = 0, count - 1, 100 do
        store.tx(function(tx)
            for i = from, math.min(from + 99, count - 1) do
                local phone = invent.mobile(first + i)
                keys[i + 1] = tx:key()
                tx:insert("account", keys[i + 1], { logins = { phone }, shown = "phone", phone = phone, phone_verified_at = tx:now(),
                    email = invent.mail(first + i), password = hash, state = "active", created = tx:now() })
            end
        end)
    end
    return keys
end

local function shared(first, args)
    local b = live.rules()
    local made = { b = b, bundle = live.hash(), today = time.date(time.now()), agreement = {}, saved = {} }
    made.reviewer, made.counter = staff(args.password)
    made.accounts = make_accounts(first, 1 + args.cases // CASES_PER_ACCOUNT, args.password)
    for _, kind in ipairs(b:kinds()) do
        made.agreement[kind.id], made.saved[kind.id] = application.agreement(b, kind.id), {}
        for _, section in ipairs(b:form(kind.id).sections) do
            made.saved[kind.id][section.id] = not section.check or nil
        end
    end
    return made
end

local function write_batch(from, to, made)
    local plans = {}
    for n = from, to do
        plans[#plans + 1] = case.plan(n, made)
    end
    store.tx(function(tx)
        for _, plan in ipairs(plans) do
            case.write(tx, plan)
        end
    end)
end

-- One of those that work side by side: every so many batches, so that none asks what the others took (they may be interrupted
-- anywhere).
local function worker(first, last, made)
    return function()
        for from = first, last, SIDE_BY_SIDE * CASES_IN_TX do
            write_batch(from, math.min(from + CASES_IN_TX - 1, last), made)
        end
    end
end

-- The numbers of this run are new ones: what was seeded before keeps its own.
local function take_numbers(count)
    return store.tx(function(tx)
        local row = tx:get("setting", "seed") or { next = 1 }
        tx:put("setting", "seed", { next = row.next + count })
        return row.next
    end)
end

job.on("seed", function(args)
    if config.try_mode ~= true then
        fail("E_DENIED", "invented cases have no place in mode production")
    end
    bundles.start()
    local first = take_numbers(args.cases)
    local made, last = shared(first, args), first + args.cases - 1
    local workers = {}
    for i = 1, SIDE_BY_SIDE do
        workers[i] = worker(first + (i - 1) * CASES_IN_TX, last, made)
    end
    task.all(workers)
end)
