-- SPDX-License-Identifier: Apache-2.0
-- people: staff and their roles. An administrator sets those of others; who is who is a digest of the identity card, so that
-- two accounts of one person count as one.
local account = use "system/service/account"
local judge = use "lib/field"
local own = use "system/service/own"
local person = use "system/service/person"
local refusal = use "system/service/refusal"
local watch = use "system/service/watch"

local people = {}

local ADMIN = { "admin" }

people.roles = { { value = "reviewer", label = "审核员" }, { value = "officer", label = "主管" }, { value = "cashier", label = "收费员" },
    { value = "counter", label = "受理员" }, { value = "admin", label = "管理员" } }

local function held(account_key)
    local roles, out = domain.roles(account_key), {}
    for _, one in ipairs(people.roles) do
        out[#out + 1] = roles[one.value] and one or nil
    end
    return out
end

local function shown(key)
    local row = store.get("account", key)
    if not row then
        return nil
    end
    return { account = key, name = row.name or "", login = row.logins[1] or "", state = row.state, roles = held(key) }
end

-- people.list(user, after) -> { rows = { { account, name, login, state, roles } … }, after }
function people.list(user, after)
    own.must_be(user, ADMIN)
    local found, rows = store.list("staff", { after = after, limit = 100 }), {}
    for _, one in ipairs(found.rows) do
        rows[#rows + 1] = shown(one.key)
    end
    watch.read(user, "staff", "list")
    return { rows = rows, after = found.more and found.after or nil }
end

-- people.get(user, account) -> one; E_NOT_FOUND
function people.get(user, key)
    own.must_be(user, ADMIN)
    local row = store.is_key(key) and store.get("staff", key) and shown(key)
    return row or fail("E_NOT_FOUND", "没有这位工作人员")
end

local function write(user, key, who, name, roles)
    refusal.tx(function(tx)
        tx:staff_set { account = key, person = who, roles = roles, by = user.account, as = "admin" }
        local row = tx:get("account", key)
        if name ~= "" and row.name ~= name then
            row.name = name
            tx:put("account", key, row)
        end
    end)
end

-- people.set(user, account, roles): the person stays who he is
function people.set(user, key, roles)
    people.get(user, key)
    write(user, key, store.get("staff", key).person, "", roles)
end

local function check(given)
    local errors = {}
    local found = account.find(account.login_name(given.login))
    local number, _, sentence = judge.check({ id = "number", type = "idcard", label = "身份证号码", required = true }, given.number)
    local name = text.trim(text.normalize(given.name))
    errors[#errors + 1] = not found and { field = "login", code = "unknown", message = "没有这个用户名，请让本人先注册并确认" } or nil
    errors[#errors + 1] = found and store.get("staff", found.key) and { field = "login", code = "exists", message = "这个账号已是工作人员，请在列表中更改角色" } or nil
    errors[#errors + 1] = name == "" and { field = "name", code = "missing", message = "请填写姓名" } or nil
    errors[#errors + 1] = not number and { field = "number", code = "format", message = sentence } or nil
    errors[#errors + 1] = #given.roles == 0 and { field = "roles", code = "missing", message = "请至少选择一个角色" } or nil
    return found, number, name, errors
end

-- people.add(user, { login, name, number = identity card, roles }) -> nil, or errors
function people.add(user, given)
    own.must_be(user, ADMIN)
    local found, number, name, errors = check(given)
    if #errors > 0 then
        return errors
    end
    write(user, found.key, person.digest("idcard", number), name, given.roles)
    return nil
end

return people
