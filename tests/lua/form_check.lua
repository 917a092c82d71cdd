-- SPDX-License-Identifier: Apache-2.0
local check = use "tests/check"
local form = use "lib/form"
local region = use "lib/region"
local widget = use "lib/widget"

-- Cleans one value of a field of this kind: what is kept, and the first error's code.
local function one(type, value, more)
    local field = { id = "f", type = type, label = "项" }
    for k, v in pairs(more or {}) do
        field[k] = v
    end
    local clean, errors = form.check({ field }, { f = value })
    return clean.f, errors[1] and errors[1].code, errors[1] and errors[1].message
end

local function good(type, value, kept, more)
    local clean, code = one(type, value, more)
    check.equal({ clean, code or "" }, { kept, "" })
end

local function bad(type, value, code, more)
    local _, found, message = one(type, value, more)
    check.equal(found, code)
    return message
end

local tree = { { code = "330000", name = "浙江省", children = {
    { code = "330100", name = "杭州市", children = { { code = "330106", name = "西湖区" } } } } } }

check.test("fields accept what people type", function()
    good("tel", "　１３８ ００１３-8000 ", "13800138000")
    good("tel", "+86 13800138000", "13800138000")
    good("tel", "0571-87654321", "0571-87654321")
    good("tel", "400-000-0000", "400-000-0000")
    good("idcard", "11010119900307205x", "11010119900307205X")
    good("uscc", "91 330106-MA2ABCDE86", "91330106MA2ABCDE86", {})
    good("email", " Ａ@example.cn ", "A@example.cn")
    good("number", "１２", "12", { min = 1, max = 20 })
    good("name", "阿卜杜·热合曼", "阿卜杜·热合曼")
    good("name", "𠮷田 㛃", "𠮷田㛃")
    good("password", "  p　w ", "  p　w ")
    for _, date in ipairs { "20261122", "2026-11-22", "2026年11月22日", "2026/11/22", "2026.11.22", "２０２６年１１月２２日" } do
        good("date", date, "2026-11-22")
    end
    good("date", "2026年1月2日", "2026-01-02")
end)

check.test("fields say what is wrong", function()
    check.equal(bad("mobile", "0571-87654321", "not_mobile"), "项：此处须填手机号，用于接收短信")
    bad("mobile", "12345", "format")
    bad("tel", "12345", "format")
    bad("email", "a@b", "format")
    bad("number", "1.5", "format")
    bad("number", "21", "too_big", { min = 1, max = 20 })
    bad("date", "2026-02-30", "format")
    bad("date", "明天", "format")
    bad("idcard", "110101199003072050", "check_digit")
    bad("idcard", "123", "format")
    check.equal(bad("uscc", "9133", "format"), "项应为 18 位，现有 4 位")
    bad("uscc", "913301060000000001", "check_digit")
    check.equal({ one("uscc", "９１33") }, { "9133", "format", "项应为 18 位，现有 4 位" })
    bad("name", "张三<b>", "characters")
    bad("text", "一\n二", "lines")
    bad("text", "太长了", "too_long", { max = 2 })
    bad("password", "short", "too_short", { autocomplete = "new-password" })
    bad("text", 5, "type")
    bad("text", "", "missing", { required = true })
    check.equal(bad("radio", "", "missing", { required = true, options = {} }), "请选择项")
    check.equal(bad("consent", "", "missing", { required = true }), "请阅读并勾选：项")
    bad("radio", "x", "choice", { options = { { value = "a", label = "A" } } })
end)

check.test("checkboxes are lists, regions are codes", function()
    local options = { { value = "a", label = "A" }, { value = "b", label = "B" } }
    good("checkbox", { "a", "b" }, { "a", "b" }, { options = options })
    bad("checkbox", { "a", "z" }, "choice", { options = options })
    bad("checkbox", {}, "missing", { options = options, required = true })
    good("region", "330106", "330106", { tree = tree })
    bad("region", "330100", "choice", { tree = tree })
    bad("region", "990000", "choice", { tree = tree })
    check.equal({ region.settle(tree, { "330000", "330100", "" }) }, { "330100", false })
    check.equal({ region.settle(tree, { "330000", "110100", "330106" }) }, { "330000", false })
    check.equal({ region.settle(tree, { "", "" }) }, { "", false })
    local levels = region.levels(tree, "330100", 3)
    check.equal({ levels[1].value, levels[2].value, #levels[3].options, levels[3].value }, { "330000", "330100", 1 })
end)

check.test("unknown kinds of fields are refused", function()
    check.raises("E_SCRIPT", widget.of, { id = "f", type = "colour" })
end)

check.test("posted forms are read by kind", function()
    local posted = { f = { "a", "b" }, r = { "330000" }, ["r-2"] = { "330100" }, ["r-3"] = { "330106" } }
    local req = {}
    function req.field(_, id)
        return posted[id] and posted[id][1]
    end
    function req.field_list(_, id)
        return posted[id] or {}
    end
    local values = form.read({ { id = "f", type = "checkbox" }, { id = "r", type = "region", tree = tree },
        { id = "g", type = "readonly" } }, req)
    check.equal(values, { f = { "a", "b" }, r = "330106" })
end)
