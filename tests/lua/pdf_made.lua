-- SPDX-License-Identifier: Apache-2.0
local check = use "tests/check"
local layout = use "lib/pdf_layout"

local function of(blocks)
    return { title = "受理表", author = "示范中心", organisation = "示范中心", form = "受理表", number = "SFCA-1", number_label = "业务受理号：",
        qr = "https://a.cn/x", version = "数据标记 1", created = 0, pages = { { fit = true, size = 10.5, blocks = blocks } } }
end

local plain = { { kind = "heading", text = "受理表" }, { kind = "paragraph", text = "张三" } }

local function printed()
    local document = { title = "受理表", header = { left = "示范中心", right = "" }, mark = "3FA1B2C4", blocks = {
        { block = "table", title = "一、申请单位资料", rows = { { label = "邮编", text = "410000" }, { label = "城市", text = "长沙" },
            { label = "单位名称", text = string.rep("长", 40) } } },
        { block = "choice", title = "介质", options = { { label = "UKey", checked = true }, { label = "软证书" } } },
        { block = "sign", boxes = { { label = "签字", kind = "sign" }, { label = "盖章", kind = "stamp" } }, date = true } } }
    return layout.pages({ document, document }, { number = "20261124000000000137", prefix = "SFCA", qr = "https://a.cn/x", created = 1000 })
end

check.test("papers are made on the pool, the same bytes from the same document", function()
    local one = pdf.make(of(plain))
    check.equal(string.sub(one, 1, 5), "%PDF-")
    check.equal(string.sub(pdf.make(printed()), 1, 5), "%PDF-")
    check.equal(one == pdf.make(of(plain)), true)
    check.equal(one == pdf.make(of { { kind = "paragraph", text = "李四" } }), false)
end)

check.test("a character that no font has is named on the pool", function()
    local ok, problem = pcall(pdf.make, of { { kind = "paragraph", text = "张" .. utf8.char(0x10FFFD) } })
    check.equal(ok, false)
    check.equal(problem.code, "E_UNSUPPORTED")
    check.equal(string.find(problem.message, "字体缺字", 1, true) ~= nil and string.find(problem.message, "U+10FFFD", 1, true) ~= nil, true)
end)

check.test("documents that are none are refused on the pool", function()
    check.raises("bad argument", pdf.make, "text")
    check.raises("E_INVALID", pdf.make, of { { kind = "picture", text = "x" } })
    check.raises("E_INVALID", pdf.make, of { { kind = "paragraph", text = "a\1b" } })
end)

check.test("blocks of printed documents become blocks of a paper", function()
    local made = printed()
    check.equal(#made.pages, 2)
    check.equal(made.number, "SFCA-20261124000000000137")
    check.equal(made.version, "数据标记 3FA1B2C4")
    local rows = made.pages[1].blocks[2].rows
    check.equal({ #rows, #rows[1], rows[2][2].span }, { 2, 4, 3 })
    check.equal(made.pages[1].blocks[3].checks[1], { text = "UKey", on = true })
    check.equal(made.pages[1].blocks[4].height, 24)
end)
