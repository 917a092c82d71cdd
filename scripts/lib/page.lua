-- SPDX-License-Identifier: Apache-2.0
-- page: answers with a page of the hall; puts in what every page needs.
local csrf = use "lib/csrf"
local live = use "system/service/live"
local site = use "lib/site"

local page = {}

local try_mode = config.try_mode == true

-- "1" to "3" in 长辈版, else nil.
local function elder_size(req)
    local size = req:cookie("elder")
    return size and text.matches(size, "[123]") and size or nil
end

-- Internet Explorer, and 360 and others in compatible mode: one plain page says how to switch (C22).
local function is_too_old(req)
    local agent = req:header("User-Agent") or ""
    return string.find(agent, "Trident/", 1, true) or string.find(agent, "MSIE ", 1, true)
end

-- Inside WeChat other ways to pay do not open; the pages about money say how to leave it.
local function is_stuck_in_wechat(req)
    return string.find(req:header("User-Agent") or "", "MicroMessenger/", 1, true) ~= nil
        and text.matches(req:path(), "/case/[^/]+/(pay|voucher)|/user/payments")
end

local function send_switch(req)
    return req:html(200, "browser", { article = live.rules():content("pages").browser, site = site.get() })
end

-- Answers with view/<view>.html inside its layout. data.title is the page's own title; data.crumbs its place below 首页;
-- data.section the entry of the navigation; data.menu the left menu; data.live: needs htmx.
function page.send(req, status, view, data)
    if is_too_old(req) then
        return send_switch(req)
    end
    data.site = site.get()
    data.try_mode = try_mode
    data.path = req:path()
    data.nonce = req:nonce()
    data.elder = elder_size(req)
    data.in_wechat = is_stuck_in_wechat(req)
    data.csrf_token = data.csrf_token or data.user and csrf.token(req)
    if data.errors and #data.errors > 0 then
        data.title = "错误：" .. data.title
    end
    return req:html(status, view, data)
end

-- As page.send, for pages with a form: gives the template csrf_token.
function page.send_form(req, status, view, data)
    data.csrf_token = csrf.token(req)
    return page.send(req, status, view, data)
end

return page
