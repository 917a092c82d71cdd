-- SPDX-License-Identifier: Apache-2.0
-- first_staff: the staff of a hall that is tried out. Two administrators and two reviewers, because the rules of the
-- hall want two of each: who asks and who agrees are different persons.
local digest = use "system/service/digest"

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

return first_staff
