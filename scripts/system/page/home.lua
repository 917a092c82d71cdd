-- SPDX-License-Identifier: Apache-2.0
-- home: the front page: log in, choose a business, find a file.
local guard = use "system/service/guard"
local live = use "system/service/live"
local page = use "lib/page"

local ways = {
    { id = "password", label = "用户名口令登录", href = "/" },
    { id = "ukey", label = "Ukey登录", href = "/?login=ukey" },
}

local fields = {
    { id = "account", type = "text", label = "用户名", placeholder = "请输入用户名", autocomplete = "username", required = true },
    { id = "password", type = "password", label = "密码", required = true },
}

-- What can be begun here: the businesses, then the changes.
local function tiles_of(b)
    local tiles = {}
    for i, kind in ipairs(b:kinds()) do
        local guide = b:content("guides")[kind.guide] or {}
        tiles[i] = { label = kind.menu and kind.menu.label or kind.label, text = guide.condition or kind.title, href = "/apply/" .. kind.id }
    end
    for _, item in ipairs(b:content("entries").change.items) do
        tiles[#tiles + 1] = item.brief and { label = item.label, text = item.brief, href = item.to or "/change" } or nil
    end
    tiles[#tiles + 1] = { label = "查询办件进度", text = "凭业务受理号查询", href = "/query" }
    return tiles
end

http.get("/", guard.optional(function(req, user)
    return page.send_form(req, 200, "home", {
        title = "首页", section = "home", user = user, tiles = tiles_of(live.rules()), login_tabs = ways,
        login_way = req:query("login") == "ukey" and "ukey" or "password", login_fields = fields,
    })
end))
