-- SPDX-License-Identifier: Apache-2.0
-- Field types: what is normalised, what is refused, and that every sentence names the field.
local check = use "tests/check"
local field = use "lib/field"
local password = use "lib/field/password"
local region = use "lib/field/region"
local selects = use "lib/region"
local widget = use "lib/widget"

-- accepts(decl, { { given, clean } … }), refuses(decl, { { given, code } … })
local function accepts(decl, rows)
    for _, row in ipairs(rows) do
        local clean, code = field.check(decl, row[1], row[3])
        if clean ~= row[2] then
            error(string.format("%s: %s gave %s (%s), not %s", decl.type, row[1], tostring(clean), tostring(code), row[2]), 2)
        end
    end
end

local function refuses(decl, rows)
    for _, row in ipairs(rows) do
        local clean, code, message = field.check(decl, row[1], row[3])
        if clean ~= nil or code ~= row[2] then
            error(string.format("%s: %s gave %s (%s), not %s", decl.type, tostring(row[1]), tostring(clean), tostring(code), row[2]), 2)
        end
        check.equal(string.find(message, decl.label, 1, true) ~= nil, true)
    end
end

check.test("names keep rare characters and refuse what cannot be printed", function()
    local decl = { type = "name", label = "姓名", required = true }
    accepts(decl, { { "李示范", "李示范" }, { " 李 示 范 ", "李示范" }, { "阿依古丽•买买提", "阿依古丽·买买提" },
        { "阿依古丽 · 买买提", "阿依古丽·买买提" }, { "阿依古丽．买买提", "阿依古丽·买买提" }, { "𠮷㛃", "𠮷㛃" }, { "刘〇", "刘〇" },
        { "𬱖𫖯", "𬱖𫖯" }, { "Mary  O'Neil-Smith", "Mary O'Neil-Smith" }, { "ＡＢ Ｃ", "AB C" } })
    refuses(decl, { { "", "missing" }, { "李", "too_short" }, { "李先生（经理）", "characters" }, { "李1", "characters" }, { "·李示范", "characters" },
        { "李示范·", "characters" }, { "李\u{202e}示范", "hidden" }, { "李\u{200b}示范", "hidden" }, { "李\u{2066}示范", "hidden" }, { "李\7示范", "hidden" },
        { "李\u{e000}", "private" }, { "李\xff", "encoding" }, { "李・・范", "characters" }, { string.rep("李", 51), "too_long" },
        { { "李" }, "type" } })
end)

check.test("phones are normalised", function()
    accepts({ type = "mobile", label = "手机" }, { { "13800138000", "13800138000" }, { "138 0013-8000", "13800138000" },
        { "１３８００１３８０００", "13800138000" }, { "+86 138 0013 8000", "13800138000" }, { "138—0013—8000", "13800138000" } })
    refuses({ type = "mobile", label = "手机" }, { { "0731-88886666", "not_mobile" }, { "4000000000", "not_mobile" }, { "1380013800", "format" },
        { "23800138000", "format" }, { "12800138000", "format" }, { "1380013800a", "format" } })
    accepts({ type = "tel", label = "电话" }, { { "0731-88886666", "0731-88886666" }, { "（0731）8888 6666", "0731-88886666" }, { "073188886666", "0731-88886666" },
        { "010-88886666", "010-88886666" }, { "01088886666", "010-88886666" }, { "02588886666", "025-88886666" }, { "0731-8888666", "0731-8888666" },
        { "0731-88886666-123", "0731-88886666-123" }, { "0731-88886666转123", "0731-88886666-123" }, { "13800138000", "13800138000" }, { "400 123 4567", "400-123-4567" } })
    refuses({ type = "tel", label = "电话" }, { { "88886666", "format" }, { "0731-1", "format" }, { "0731-08886666", "format" }, { "abc", "format" }, { "0831-88886666-1234567", "format" } })
end)

check.test("mail addresses, postcodes and numbers", function()
    accepts({ type = "email", label = "邮箱" }, { { "A.b+c@Example.COM", "A.b+c@example.com" }, { " a@b.cn ", "a@b.cn" }, { "ａ＠ｂ．ｃｎ", "a@b.cn" }, { "123@qq.com", "123@qq.com" } })
    refuses({ type = "email", label = "邮箱" }, { { "a", "format" }, { "a@b", "format" }, { "a@@b.cn", "format" }, { ".a@b.cn", "format" }, { "a..b@c.cn", "format" },
        { "a@-b.cn", "format" }, { "张@b.cn", "format" }, { string.rep("a", 65) .. "@b.cn", "format" }, { "a@b.cn\r\nBcc: c@d.cn", "format" } })
    accepts({ type = "postcode", label = "邮编" }, { { "410000", "410000" }, { "４１０ ０００", "410000" } })
    refuses({ type = "postcode", label = "邮编" }, { { "41000", "format" }, { "000000", "format" }, { "41000a", "format" } })
    accepts({ type = "number", label = "数量", min = 1, max = 100 }, { { "７", "7" }, { "007", "7" }, { 30, "30" } })
    refuses({ type = "number", label = "数量", min = 1, max = 100 }, { { "0", "too_small" }, { "101", "too_big" }, { "1.5", "format" }, { "-1", "format" } })
end)

check.test("days in every usual spelling", function()
    local decl = { type = "date", label = "日期", min = "2000-01-01", max = "today" }
    local ctx = { today = "2026-11-24" }
    accepts(decl, { { "20261122", "2026-11-22", ctx }, { "2026-11-22", "2026-11-22", ctx }, { "2026年11月22日", "2026-11-22", ctx }, { "2026/1/2", "2026-01-02", ctx },
        { "２０２４．０２．２９", "2024-02-29", ctx }, { "2026-11-24", "2026-11-24", ctx } })
    refuses(decl, { { "20261322", "format", ctx }, { "2026-02-29", "format", ctx }, { "1900-02-29", "format", ctx }, { "2026-11-25", "too_late", ctx }, { "1999-12-31", "too_early", ctx },
        { "明天", "format", ctx } })
end)

check.test("texts, choices and consent", function()
    accepts({ type = "text", label = "单位", max = 5 }, { { "　示范　", "示范" }, { "一二三四五", "一二三四五" }, { "ａ  b", "a b" } })
    refuses({ type = "text", label = "单位", max = 5, min = 2 }, { { "一二三四五六", "too_long" }, { "一", "too_short" }, { "一\n二", "lines" } })
    refuses({ type = "text", label = "执照", pattern = "[0-9]{3}", compact = true }, { { "12a", "format" } })
    accepts({ type = "text", label = "执照", pattern = "[0-9]{3}", compact = true }, { { "1-2 3", "123" } })
    accepts({ type = "textarea", label = "说明" }, { { "一\r\n二", "一\n二" } })
    local radio = { type = "radio", label = "性别", required = true, options = { { value = "male", label = "男" }, { value = "female", label = "女" } } }
    accepts(radio, { { "male", "male" } })
    refuses(radio, { { "other", "choice" }, { "", "missing" } })
    local boxes = { type = "checkbox", label = "用途", options = radio.options, required = true }
    check.equal(field.check(boxes, { "female", "male" }), { "male", "female" })
    check.equal(field.check(boxes, "male"), { "male" })
    refuses(boxes, { { {}, "missing" }, { { "x" }, "choice" }, { { 1 }, "choice" } })
    refuses({ type = "consent", label = "服务协议", required = true }, { { "", "missing" }, { "no", "missing" } })
    accepts({ type = "user_name", label = "用户名" }, { { "Sfjz ００１", "Sfjz001" } })
    refuses({ type = "user_name", label = "用户名" }, { { "示范", "characters" }, { "a_b", "characters" }, { "abcdefghijklm", "too_long" }, { "a", "too_short" } })
end)

check.test("regions come from the tree and its overlay", function()
    local decl = { type = "region", label = "通讯地址", required = true }
    local none = { added = {}, renamed = {}, closed = {} }
    accepts(decl, { { "430102", "430102" }, { "４３０１０２", "430102" }, { "441900", "441900" }, { "110101", "110101" } })
    refuses(decl, { { "4301", "incomplete" }, { "999999", "choice" }, { "43", "incomplete" }, { "", "missing" }, { "湖南", "incomplete" } })
    check.equal(region.words("430102", none), "湖南省长沙市芙蓉区")
    check.equal(region.words("110101", none), "北京市东城区")
    check.equal(region.words("441900", none), "广东省东莞市")
    check.equal(region.words("469001", none), "海南省五指山市")
    check.equal(#region.children("", none), 31)
    check.equal(region.children("", none)[1], { value = "11", label = "北京市" })
    check.equal(#region.children("4301", none) >= 9, true)
    local overlay = { added = { ["430199"] = "示例新区" }, renamed = { ["430103"] = "新天心区" }, closed = { ["430102"] = "2027-01-01" } }
    check.equal(region.words("430199", overlay), "湖南省长沙市示例新区")
    check.equal(region.words("430103", overlay), "湖南省长沙市新天心区")
    refuses(decl, { { "430102", "closed", { regions = overlay } } })
    accepts(decl, { { "430199", "430199", { regions = overlay } } })
    local children = region.children("4301", overlay)
    check.equal(children[1].value, "430103")
    check.equal(children[#children].value, "430199")
end)

check.once("the tree of the country fits the selects", function()
    local none = { added = {}, renamed = {}, closed = {} }
    local tree = region.tree(none)
    check.equal({ #tree, tree[1].code, tree[1].children[1].code, tree[1].children[1].children[1] },
        { 31, "110000", "110100", { code = "110101", name = "东城区" } })
    check.equal({ selects.settle(tree, { "440000", "441900" }) }, { "441900", true })
    check.equal({ selects.settle(tree, { "430000", "430100" }) }, { "430100", false })
end)

check.test("passwords are judged by what is left after guessing", function()
    local decl = { type = "password", label = "密码", required = true, autocomplete = "new-password" }
    accepts(decl, { { "correct horse battery", "correct horse battery" }, { "Tr0ub4dor&3x", "Tr0ub4dor&3x" }, { "湘江北去橘子洲头", "湘江北去橘子洲头" }, { " kV93 dmq7", " kV93 dmq7" } })
    refuses(decl, { { "", "missing" }, { "short1A", "too_short" }, { "12345678", "weak" }, { "aaaaaaaaaa", "weak" }, { "password1", "weak" }, { "abcdefgh", "weak" },
        { string.rep("x7", 40), "too_long" }, { "with\nline7xyz", "encoding" } })
    refuses(decl, { { "wangsf2026", "weak", { words = { "wangsf" } } }, { "13900139000", "weak", { words = { "13900139000" } } } })
    check.equal(password.strength("correct horse battery staple"), 4)
    check.equal(password.strength("12345678"), 0)
end)

check.test("a password that is only asked for is taken as it is", function()
    local decl = { type = "password", label = "密码", required = true, autocomplete = "current-password" }
    accepts(decl, { { "12345678", "12345678" }, { "  p　w ", "  p　w " } })
    refuses(decl, { { "", "missing" }, { string.rep("x", 65), "too_long" } })
end)

check.test("every type of field can be drawn", function()
    for name, kind in pairs(field.types) do
        if not kind.resolved then
            check.equal(type(widget.of { id = "f", type = name }.part), "string")
        end
    end
end)
