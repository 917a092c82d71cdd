-- SPDX-License-Identifier: Apache-2.0
-- home: the front page: what this hall is and what runs.
local page = use "lib/page"

http.get("/", function(req)
    return page.send(req, 200, "home", { title = "首页", now = time.now(), version = config.version or "开发版" })
end)
