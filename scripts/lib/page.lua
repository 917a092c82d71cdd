-- SPDX-License-Identifier: Apache-2.0
-- page: answers with a page of the hall; puts in what every page needs.
local csrf = use "lib/csrf"

local page = {}

local try_mode = config.try_mode == true
local site_name = config.site_name or "证书大厅"

-- Answers with view/<view>.html inside its layout. data.title is the page's own title.
function page.send(req, status, view, data)
    data.site_name = site_name
    data.try_mode = try_mode
    data.path = req:path()
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
