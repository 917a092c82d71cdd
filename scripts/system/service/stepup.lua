-- SPDX-License-Identifier: Apache-2.0
-- stepup: the password once more, before what cannot be taken back.
local quota = use "system/service/quota"

local stepup = {}

local TRIES = { { 10, 3600 * 1000 } }

-- stepup.check(user, password) -> true, or nil and a sentence. The try is counted before the password is looked at.
function stepup.check(user, password)
    local key = quota.key("stepup", user.account)
    local wait = store.tx(function(tx)
        return quota.take(tx, key, TRIES)
    end)
    if wait > 0 then
        return nil, "尝试次数太多，请 " .. quota.text(wait) .. "后再试"
    end
    local row = store.get("account", user.account)
    if not crypto.password_verify(password or "", row and row.password or "") then
        return nil, "登录密码不正确"
    end
    store.tx(function(tx)
        quota.clear(tx, key)
    end)
    return true
end

return stepup
