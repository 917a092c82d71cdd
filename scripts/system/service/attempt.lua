-- SPDX-License-Identifier: Apache-2.0
-- attempt: runs the handler of a page; what it refuses with a sentence for the user is answered in the look of the site. All
-- else goes on to the core, which logs it and answers with a number.
local page = use "lib/page"

local SAID = {
    E_NOT_FOUND = { 404, "没有找到" }, E_DENIED = { 403, "没有权限" }, E_CONFLICT = { 409, "现在不能办理" },
    E_EXISTS = { 409, "现在不能办理" }, E_INVALID = { 422, "信息有误" },
}

-- Catching unwinds the stack, and the core's log would name only this file: where it was is noted before.
local function places()
    local list = {}
    for level = 4, 16 do
        local _, place = pcall(error, "", level)
        list[#list + 1] = place ~= "" and place or nil
    end
    return table.concat(list, " ")
end

local STOPPED, WAIT_SECONDS = { 503, "暂时不能办理" }, "60"

local function said_of(e)
    if type(e) == "table" and e.code == "E_BUSY" and e.details and e.details.reason == "rules" then
        return STOPPED
    end
    return type(e) == "table" and SAID[e.code]
end

-- attempt(req, user or nil, f) answers with what f(req, user) answers
return function(req, user, f)
    local ok, e = xpcall(f, function(e)
        if not said_of(e) then
            log.error("a page failed", { request = req:id(), places = places() })
        end
        return e
    end, req, user)
    if ok then
        return e
    end
    local said = not req:wants_json() and said_of(e) or error(e, 0)
    if said == STOPPED then
        req:set_header("Retry-After", WAIT_SECONDS)
    end
    return page.send(req, said[1], "problem", { title = said[2], user = user, detail = e.message, status = said[1], id = req:id(),
        crumbs = { { label = said[2] } } })
end
