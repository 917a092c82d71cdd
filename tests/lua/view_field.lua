-- SPDX-License-Identifier: Apache-2.0
local check = use "tests/check"

local function draw(field, value, message)
    return html.render("part/field", { field = field, value = value, message = message })
end

local function has(markup, part)
    if not string.find(markup, part, 1, true) then
        error("expected " .. part .. " in " .. markup, 2)
    end
end

check.test("fields are drawn with label, hint and error", function()
    local field = { id = "phone", type = "tel", label = "手机号码", hint = "11 位", required = true }
    local markup = draw(field, "<1>", "有误")
    has(markup, [[<label class="govuk-label" for="phone"><b aria-hidden="true">*</b>手机号码]])
    has(markup, [[id="phone-hint">11 位</div>]])
    has(markup, [[value="&lt;1&gt;" autocomplete="tel" aria-required="true" aria-invalid="true" aria-describedby="phone-hint phone-error">]])
    field.required = nil
    has(draw(field), [[手机号码<span class="optional">（选填）</span>]])
end)

check.test("what a date picker cannot show is given back as text", function()
    local field = { id = "day", type = "date", label = "日期" }
    has(draw(field, "2026-11-22"), [[type="date" value="2026-11-22"]])
    has(draw(field, "2026-13-45", "有误"), [[type="text" value="2026-13-45"]])
end)

check.test("passwords are never given back", function()
    local markup = draw({ id = "password", type = "password", label = "密码" }, "secret")
    check.equal(string.find(markup, "secret", 1, true), nil)
end)

check.test("choices keep what was chosen", function()
    local options = { { value = "a", label = "A" }, { value = "b", label = "B" } }
    has(draw({ id = "r", type = "radio", label = "R", options = options }, "b"), [[id="r-2" value="b" checked>]])
    has(draw({ id = "c", type = "checkbox", label = "C", options = options }, { "a" }), [[id="c" value="a" checked>]])
    has(draw({ id = "s", type = "select", label = "S", options = options }, "b"), [[<option value="b" selected>B</option>]])
end)

check.test("a region is said by names or by codes, as deep as they agree", function()
    local region = use "lib/region"
    local tree = { { code = "430000", name = "湖南省", children = { { code = "430100", name = "长沙市", children = { { code = "430102", name = "芙蓉区" } } } } },
        { code = "110000", name = "北京市", children = { { code = "110100", name = "市辖区", children = { { code = "110101", name = "东城区" } } } } } }
    check.equal(region.settle(tree, { "湖南省", "长沙市", "芙蓉区" }), "430102")
    check.equal(region.settle(tree, { "430000", "430100", "430102" }), "430102")
    check.equal(region.settle(tree, { "北京市", "长沙市", "芙蓉区" }), "110000")
    local drawn = draw({ id = "r", type = "region", label = "R", tree = tree, levels = 3 }, "430102")
    has(drawn, "<option>北京市</option>")
    has(drawn, "<option selected>芙蓉区</option>")
end)
