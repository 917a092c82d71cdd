-- SPDX-License-Identifier: Apache-2.0
-- watch: what staff looked at, in the audit log. Acts are written by what carries them out.
local watch = {}

-- watch.read(user, subject, what): subject is the key of a case, or the name of a list
function watch.read(user, subject, what)
    store.tx(function(tx)
        tx:append("audit", subject, { event = "staff.read", by = user.account, what = what })
    end)
end

-- The same inside a transaction that does something, for acts without an event of the flow.
function watch.act(tx, user, subject, event, more)
    local record = { event = "staff." .. event, by = user.account }
    for name, value in pairs(more or {}) do
        record[name] = value
    end
    tx:append("audit", subject, record)
end

return watch
