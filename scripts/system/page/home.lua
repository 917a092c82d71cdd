-- SPDX-License-Identifier: Apache-2.0
-- home: the front page: log in, choose a business, find a file.
local page = use "lib/page"

local ways = {
    { id = "password", label = "用户名口令登录", href = "/" },
    { id = "ukey", label = "Ukey登录", href = "/?login=ukey" },
}

local fields = {
    { id = "account", type = "text", label = "用户名", placeholder = "请输入用户名", autocomplete = "username", required = true },
    { id = "password", type = "password", label = "密码", required = true },
}

http.get("/", function(req)
    return page.send_form(req, 200, "home", {
        title = "首页",
        section = "home",
        login_tabs = ways,
        login_way = req:query("login") == "ukey" and "ukey" or "password",
        login_fields = fields,
    })
end)
