-- SPDX-License-Identifier: Apache-2.0
-- own: who may see a case: a live grant on it, or a staff role. Not yours and absent are the same answer.
local own = {}

local function absent()
    return fail("E_NOT_FOUND", "没有找到这项申请，请检查地址或在用户中心查看您的申请")
end

function own.may(user, key)
    return domain.may(user.account, key)
end

-- own.get(user, key) -> the row with its key. E_NOT_FOUND.
function own.get(user, key)
    local row = store.is_key(key) and own.may(user, key) and store.get("case", key) or absent()
    row.key = key
    return row
end

-- The same inside a transaction, read again.
function own.lock(tx, user, key)
    local row = store.is_key(key) and tx:may(user.account, key) and tx:get("case", key) or absent()
    row.key = key
    return row
end

-- One of the roles that the user has, or nil.
function own.has(user, roles)
    for _, role in ipairs(roles) do
        if user.roles[role] then
            return role
        end
    end
    return nil
end

-- E_DENIED without one of the roles.
function own.must_be(user, roles)
    return own.has(user, roles) or fail("E_DENIED", "您没有办理这项工作的权限")
end

-- own.for_staff(user, key, roles) -> the row. E_DENIED, E_NOT_FOUND.
function own.for_staff(user, key, roles)
    own.must_be(user, roles)
    local row = store.is_key(key) and store.get("case", key) or absent()
    row.key = key
    return row
end

return own
