-- SPDX-License-Identifier: Apache-2.0
local check = use "tests/check"

check.test("templates escape by place", function()
    local evil = [[<script>"x"&'y']]
    local out = html.render("tests/escapes", {
        x = evil, link = "/a?b=1&c=\"2", n = 12, r = 1.5, no = false, html = html.safe("<b>ok</b>"), list = { "<1>", 2 },
    })
    check.equal(out, [[
<p title="&lt;script&gt;&quot;x&quot;&amp;&#39;y&#39;">&lt;script&gt;&quot;x&quot;&amp;&#39;y&#39;</p><a href="/a?b=1&amp;c=&quot;2">12 1.5 |<b>ok</b></a>
<ul>
<li class="first">&lt;1&gt;</li>
<li>2</li>
</ul>
]])
    check.equal(html.escape("<&>"), "&lt;&amp;&gt;")
end)

check.test("templates refuse dangerous links and wrong values", function()
    local function data(link, value)
        return { x = value or "", link = link, list = {} }
    end
    for _, link in ipairs { "javascript:alert(1)", "JavaScript:x", "data:text/html,x", " javascript:x", ":x", "vbscript:x" } do
        check.raises("scheme", html.render, "tests/escapes", data(link))
    end
    for _, link in ipairs { "https://a.cn/x:y", "mailto:a@b.cn", "/a:b", "?a:b", "#a:b", "tel:10086" } do
        check.equal(type(html.render("tests/escapes", data(link))), "string")
    end
    check.raises("cannot be written", html.render, "tests/escapes", data("/", {}))
    check.raises("cannot be written", html.render, "tests/escapes", data("/", true))
    check.raises("cannot be written", html.render, "tests/escapes", data(html.safe("/")))
end)

check.test("layouts, includes and faults", function()
    check.equal(html.render("tests/page", { x = "<a>" }), "<main>[&lt;a&gt;]</main>\n")
    check.raises("too deeply", html.render, "tests/circle", {})
    check.raises("there is no template", html.render, "tests/none", {})
    check.raises("bad argument", html.render, "tests/page")
    check.raises("tests/view/fault.html:2:", html.render, "tests/fault", { x = {} })
    check.equal(html.asset("app.css"), "/assets/app.1f.css")
    check.equal(html.asset("none.js"), "/assets/none.js")
    check.raises("E_UNSUPPORTED", html.helper, "x", function() end)
    check.equal(html.render("tests/page", { x = "after a fault" }), "<main>[after a fault]</main>\n")
end)
