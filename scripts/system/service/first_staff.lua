-- SPDX-License-Identifier: Apache-2.0
-- first_staff: the staff of a hall that is tried out. Two administrators and two reviewers, because the rules of the
-- hall want two of each: who asks and who agrees are different persons. In production the operator makes the two
-- administrators; all others are added by these, on a page.
local account = use "system/service/account"
local digest = use "system/service/digest"
local judge = use "lib/field"
local person = use "system/service/person"

local first_staff = {}

first_staff.people = {
    { login = "admin1", name = "管理员甲", roles = { "admin", "officer" } },
    { login = "admin2", name = "管理员乙", roles = { "admin", "officer" } },
    { login = "reviewer1", name = "审核员甲", roles = { "reviewer" } },
    { login = "reviewer2", name = "审核员乙", roles = { "reviewer" } },
    { login = "cashier1", name = "收费员甲", roles = { "cashier" } },
    { login = "counter1", name = "受理员甲", roles = { "counter" } },
}

local function is_empty()
    return #store.list("staff", { limit = 1, keys_only = true }).rows == 0
end

local function insert(tx, p)
    local key = tx:key()
    tx:insert("account", key, { logins = { p.login }, shown = "name", name = p.name, password = p.hash, state = "active",
        created = tx:now() })
    return key
end

-- passwords: { login = password }. Writes nothing when there is staff already; says whether it did.
function first_staff.make(passwords)
    if not is_empty() then
        return false
    end
    local people = {}
    for i, p in ipairs(first_staff.people) do
        people[i] = { login = p.login, name = p.name, roles = p.roles, person = digest("person", "staff:" .. p.login),
            hash = crypto.password_hash(passwords[p.login]) }
    end
    store.tx(function(tx)
        local admin = insert(tx, people[1])
        tx:staff_first { account = admin, person = people[1].person, roles = people[1].roles }
        for i = 2, #people do
            tx:staff_set { account = insert(tx, people[i]), person = people[i].person, roles = people[i].roles, by = admin, as = "admin" }
        end
    end)
    return true
end

local SETUP_MS = 72 * 3600 * 1000

-- The accounts that are administrators now.
local function admins()
    local out = {}
    for _, one in ipairs(store.list("staff", { limit = 100, keys_only = true }).rows) do
        out[#out + 1] = domain.roles(one.key).admin and one.key or nil
    end
    return out
end

local function roles_of(words)
    local out, is_admin = {}, false
    for _, role in ipairs(text.split(words, ",")) do
        out[#out + 1] = role
        is_admin = is_admin or role == "admin"
    end
    return is_admin and out or fail("E_INVALID", "the role is admin, or admin,officer; all others are added on the page 工作人员")
end

local function checked(given)
    local login = account.login_name(given.login)
    local number = judge.check({ id = "number", type = "idcard", label = "", required = true }, given.number)
    if not text.matches(login, "[a-z0-9._@-]{3,64}") then
        fail("E_INVALID", "the user name is 3 to 64 letters, digits and . _ - @")
    elseif account.find(login) then
        fail("E_EXISTS", "this user name is taken")
    elseif not number then
        fail("E_INVALID", "the identity card number is wrong")
    end
    return { login = login, name = text.trim(text.normalize(given.name)), roles = roles_of(given.roles), person = person.digest("idcard", number),
        hash = crypto.password_hash(given.password) }
end

-- first_staff.invite{ login, roles = "admin,officer", name, number = identity card, password }: one of the first two administrators,
-- whose password opens nothing but the page where it is changed. They are two persons.
function first_staff.invite(given)
    local seen, there = #store.list("staff", { limit = 100, keys_only = true }).rows, admins()
    if #there >= 2 then
        fail("E_CONFLICT", "there are two administrators; they add others on the page 工作人员")
    elseif #there == 0 and not is_empty() then
        fail("E_CONFLICT", "there is staff already")
    end
    local p = checked(given)
    if there[1] and store.get("staff", there[1]).person == p.person then
        fail("E_CONFLICT", "the two administrators must be two persons")
    end
    store.tx(function(tx)
        if #tx:list("staff", { limit = 100, keys_only = true }).rows ~= seen then
            fail("E_CONFLICT", "somebody else was added at the same time; look, and try again")
        end
        local key = insert(tx, p)
        local row = tx:get("account", key)
        row.setup_until = tx:now() + SETUP_MS
        tx:put("account", key, row)
        if there[1] then
            tx:staff_set { account = key, person = p.person, roles = p.roles, by = there[1], as = "admin" }
        else
            tx:staff_first { account = key, person = p.person, roles = p.roles }
        end
        tx:append("audit", key, { event = "staff.by_operator" })
    end)
end

return first_staff
