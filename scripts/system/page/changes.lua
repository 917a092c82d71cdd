-- SPDX-License-Identifier: Apache-2.0
-- changes: the event stream of one case, for pages that move on by themselves. It says only that something changed.
local guard = use "system/service/guard"
local own = use "system/service/own"
local session = use "system/service/session"

http.events("/case/{key}/changes", function(req)
    local user, key = guard.find(req), req:param("key")
    if not user or not store.is_key(key) or not own.may(user, key) then
        return nil
    end
    return { topics = { "case:" .. key }, session = user.session }
end, function(id)
    return session.is_live(id)
end)
