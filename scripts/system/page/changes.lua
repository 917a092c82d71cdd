-- SPDX-License-Identifier: Apache-2.0
-- changes: the event stream of one case, for pages that move on by themselves. It says only that something changed.
local guard = use "system/service/guard"
local own = use "system/service/own"
local session = use "system/service/session"

http.events("/case/{key}/changes", function(req)
    local user = guard.find(req)
    if not user then
        return nil
    end
    local key = own.get(user, req:param("key")).key
    return { topics = { "case:" .. key }, session = user.session }
end, function(id)
    return session.is_live(id)
end)
