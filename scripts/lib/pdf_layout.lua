-- SPDX-License-Identifier: Apache-2.0
-- pdf_layout: a printed document (b:document of lib/business) as pages of pdf.make. Pure.
local money = use "lib/money"

local layout = {}

local DAY_GAP = "　　年　　月　　日"
local SHORT = 16 -- characters that fit in half a line

local make = {}

function make.heading(b)
    return { { kind = "heading", text = b.text } }
end

function make.paragraph(b)
    return { { kind = "paragraph", text = b.text, align = b.align, indent = b.align == nil } }
end

function make.space(b)
    return { { kind = "space", height = 6 * b.lines } }
end

function make.list(b)
    local lines = { b.title }
    for i, item in ipairs(b.items) do
        lines[#lines + 1] = i .. "、" .. item
    end
    return { { kind = "paragraph", text = table.concat(lines, "\n"), scale = 0.92 } }
end

local function is_short(row)
    return text.length(row.text) <= SHORT and text.length(row.label) <= 9
end

-- Two short rows share a line.
function make.table(b)
    local rows, i = {}, 1
    while i <= #b.rows do
        local one, two = b.rows[i], b.rows[i + 1]
        if two and is_short(one) and is_short(two) then
            rows[#rows + 1] = { { text = one.label, label = true }, { text = one.text }, { text = two.label, label = true }, { text = two.text } }
            i = i + 2
        else
            rows[#rows + 1] = { { text = one.label, label = true }, { text = one.text, span = 3 } }
            i = i + 1
        end
    end
    local out = {}
    out[1] = b.title and { kind = "section", text = b.title } or nil
    out[#out + 1] = { kind = "table", columns = { 1.25, 2.2, 1.25, 2.2 }, rows = rows }
    return out
end

function make.choice(b)
    local checks = {}
    for i, option in ipairs(b.options) do
        checks[i] = { text = option.label, on = option.checked }
    end
    return { { kind = "checks", text = b.title .. "：", checks = checks } }
end

local function price_row(line)
    local center = "center"
    return { { text = line.label }, { text = tostring(line.period), align = center }, { text = line.unit, align = center },
        { text = money.yuan(line.fen), align = "right" }, { text = line.off_text or "无优惠", align = center },
        { text = money.yuan(line.total), align = "right" } }
end

function make.prices(b)
    local head, rows = {}, {}
    for i, label in ipairs(b.columns) do
        head[i] = { text = label, label = true }
    end
    rows[1] = head
    for _, line in ipairs(b.lines) do
        rows[#rows + 1] = price_row(line)
    end
    rows[#rows + 1] = { { text = "合计（大写）：" .. money.capitals(b.total), span = 5 }, { text = "¥" .. money.yuan(b.total), align = "right" } }
    return { { kind = "table", columns = { 2.6, 0.8, 1.1, 1.3, 1.2, 1.4 }, rows = rows } }
end

local HEIGHTS = { sign = 18, stamp = 24, imprint = 62 }

function make.sign(b)
    local boxes, height = {}, 0
    for i, box in ipairs(b.boxes) do
        boxes[i] = { title = box.label .. "：", note = b.date and DAY_GAP or "" }
        height = math.max(height, HEIGHTS[box.kind] or 24)
    end
    local out = {}
    out[1] = b.title and { kind = "section", text = b.title } or nil
    out[#out + 1] = { kind = "boxes", boxes = boxes, height = height }
    return out
end

-- The QR code stands in the head of every sheet.
function make.qr(b)
    return { { kind = "paragraph", text = b.caption, align = "right", scale = 0.85 } }
end

function make.articles(b)
    local out = { { kind = "heading", text = b.title }, { kind = "paragraph", text = b.preface, indent = true } }
    for _, item in ipairs(b.items) do
        out[#out + 1] = { kind = "paragraph", text = item.number .. item.text }
    end
    out[#out + 1] = { kind = "paragraph", text = b.closing, bold = true, indent = true }
    return out
end

local function page_of(document)
    local blocks = {}
    for _, b in ipairs(document.blocks) do
        for _, made in ipairs(make[b.block](b)) do
            blocks[#blocks + 1] = made
        end
    end
    return { fit = true, size = document.small and 9 or 10.5, blocks = blocks }
end

-- layout.pages(documents, { number, prefix, qr, created (ms), title }) -> the argument of pdf.make. Each document is one sheet of A4.
function layout.pages(documents, about)
    local pages, mark = {}, nil
    for i, document in ipairs(documents) do
        pages[i] = page_of(document)
        mark = mark or document.mark
    end
    return { title = about.title or documents[1].title, author = documents[1].header.left, organisation = documents[1].header.left,
        form = about.form or documents[1].title, number = about.number and about.prefix .. "-" .. about.number or "",
        number_label = about.number and "业务受理号：" or "", qr = about.qr or "", version = mark and "数据标记 " .. mark or "",
        created = about.created // 1000, pages = pages }
end

return layout
