-- SPDX-License-Identifier: Apache-2.0
-- kept: what was posted when the session had ended, sealed for 30 minutes, for the same account on the same browser. The
-- session may end while the paper is being stamped. Uploads are not kept: the file is still on the user's disk.
local csrf = use "lib/csrf"
local digest = use "system/service/digest"
local session = use "system/service/session"

local kept = {}

local FOR = 30 * 60 * 1000

local function key_of(req)
    local visit = csrf.visit(req)
    return visit and digest("kept", visit)
end

-- Passwords are typed again: they never stand in a page.
local left_out = { _csrf = true, current = true, password = true, password2 = true }

-- All values of all other fields, in a stable order.
local function fields_of(req)
    local names, fields = {}, json.array {}
    for name in pairs(req:fields()) do
        names[#names + 1] = name
    end
    table.sort(names)
    for _, name in ipairs(names) do
        for _, value in ipairs(left_out[name] and {} or req:field_list(name)) do
            fields[#fields + 1] = { name = name, value = value }
        end
    end
    return fields
end

-- Keeps a POST that its own form sent; says whether it did.
function kept.keep(req)
    local account = csrf.is_good(req) and session.last_account(req)
    local fields = account and fields_of(req)
    if not fields or #fields == 0 then
        return false
    end
    local key, path = key_of(req), req:target()
    store.tx(function(tx)
        tx:put("kept_post", key, { account = account, path = path, fields = fields, until_ms = tx:now() + FOR })
    end)
    return true
end

-- What is kept for this user: { path, fields }, or nil.
function kept.of(req, user)
    local key = key_of(req)
    local row = key and store.get("kept_post", key)
    return row and row.account == user.account and row.until_ms > time.now() and row or nil
end

function kept.drop(req)
    local key = key_of(req)
    if key then
        store.tx(function(tx)
            tx:delete("kept_post", key)
        end)
    end
end

return kept
