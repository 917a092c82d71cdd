-- SPDX-License-Identifier: Apache-2.0
-- digest: names for rows that concern a phone, a mail address or a browser. Keys stand in clear on the disk and a phone
-- number is quickly guessed, so the digest is keyed; the key is a row and therefore sealed.
local SETTING = "digest"

local function make()
    local fresh = crypto.id() .. crypto.id()
    return store.tx(function(tx)
        local row = tx:get("setting", SETTING)
        if not row then
            tx:insert("setting", SETTING, { key = fresh })
        end
        return row and row.key or fresh
    end)
end

-- digest(purpose, text) -> 64 hexadecimal digits. May wait: not inside a transaction.
return function(purpose, value)
    local row = store.get("setting", SETTING)
    return crypto.hmac(row and row.key or make(), purpose .. "\n" .. value)
end
