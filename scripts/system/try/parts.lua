-- SPDX-License-Identifier: Apache-2.0
-- parts: the living style guide: every part of pages in every state, in try-it mode only. Nothing posted here is kept.
local csrf = use "lib/csrf"
local form = use "lib/form"
local page = use "lib/page"
local data = use "system/try/parts_data"

local function show(req, status, values, errors)
    values.source = data.given.source
    return page.send_form(req, status, "try/parts", {
        title = "部件样式",
        crumbs = { { label = "用户中心", href = "/user" }, { label = "部件样式" } },
        section = "business",
        menu = data.menu,
        live = true,
        now = time.now(),
        d = data,
        values = values,
        errors = errors,
        messages = form.by_field(errors),
        tab = req:query("tab") or "making",
        qr = qr.svg("https://example.cn/c/" .. data.number, "办件二维码"),
    })
end

if config.try_mode == true then
    http.get("/try/parts", function(req)
        return show(req, 200, {}, {})
    end)

    http.post("/try/parts", function(req)
        csrf.check(req)
        local clean, errors = form.check(data.fields, form.read(data.fields, req))
        if req:field("_pick") then
            return show(req, 200, clean, {})
        end
        clean.password = nil
        return show(req, #errors > 0 and 422 or 200, clean, errors)
    end)

    http.get("/try/parts/captcha", function(req)
        return req:bytes(200, "image/png", captcha.png(captcha.text()))
    end)

    http.get("/try/parts/state", function(req)
        return req:html(200, "try/state", { at = time.now() })
    end)

    -- What a page of an error made by scripts looks like.
    http.get("/try/problem", function(req)
        return page.send(req, 500, "problem", {
            title = "系统暂时无法处理",
            detail = "您的操作没有完成，请稍后再试；如多次出现，请联系客服并提供下面的编号。",
            status = 500,
            id = req:id(),
        })
    end)

    http.get("/try/confirm", function(req)
        return page.send_form(req, 200, "confirm", {
            title = "确认撤销证书",
            crumbs = { { label = "证书变更", href = "/change" }, { label = "确认撤销证书" } },
            section = "change",
            text = "撤销后证书立即失效，不能恢复；如需继续使用，须重新申请。",
            rows = { { label = "主体名称", value = "示例建筑工程有限公司" }, { label = "证书模板", value = "SM2机构证书" },
                { label = "有效期至", value = "2027年11月23日" } },
            action = "/try/parts",
            main = "确认撤销",
            back_to = "/try/parts",
        })
    end)
end
