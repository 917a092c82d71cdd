-- SPDX-License-Identifier: Apache-2.0
-- elder: 长辈版, a size of text remembered in a cookie of this browser. No token: whoever could forge it could only make
-- the text larger, and the server refuses posts from other origins anyway.
local YEAR = 365 * 24 * 3600

-- The page it was pressed on, as the browser tells it: its path on this site and nothing else.
local function back_of(req)
    local path = string.gsub(req:header("Referer") or "", "^https?://[^/]+", "")
    return text.matches(path, "/(?:[^/\\\\\\s][^\\\\\\s]*)?") and path or "/"
end

http.post("/elder", function(req)
    local size = req:field("size") or "0"
    if text.matches(size, "[123]") then
        req:set_cookie { name = "elder", value = size, max_age = YEAR }
    else
        req:set_cookie { name = "elder", value = "", max_age = -1 }
    end
    return req:redirect(back_of(req))
end)
