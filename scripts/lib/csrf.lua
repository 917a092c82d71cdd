-- SPDX-License-Identifier: Apache-2.0
-- csrf: a form is accepted only with a token made for the same browser. The server has checked Origin before; this is
-- the second lock, and the one for browsers that send none.
local csrf = {}

local HOURS_24 = 24 * 3600 * 1000

-- The browser's id is what the token is for, not what it says: no page shows what a cookie keeps.
local function purpose(id)
    return "csrf " .. id
end

-- The id of this browser, or nil before it saw its first form.
function csrf.visit(req)
    local id = req:cookie("visit")
    if id and text.matches(id, "[A-Za-z0-9_-]{22}") then
        return id
    end
    return nil
end

-- The token for the hidden field _csrf. Sets the cookie that it belongs to: lax, so that a link in a mail finds the browser's
-- id instead of making another, with which the forms in other windows would be lost.
function csrf.token(req)
    local id = csrf.visit(req)
    if not id then
        id = crypto.id()
        req:set_cookie { name = "visit", value = id }
    end
    return crypto.sign(purpose(id), "", HOURS_24)
end

-- Whether the form was made for this browser.
function csrf.is_good(req)
    local id, token = csrf.visit(req), req:field("_csrf")
    return id ~= nil and token ~= nil and crypto.verify(purpose(id), token) ~= nil
end

-- Raises E_DENIED when the form was not made for this browser.
function csrf.check(req)
    if not csrf.is_good(req) then
        fail("E_DENIED", "页面已过期，请返回上一页刷新后再提交。")
    end
end

return csrf
