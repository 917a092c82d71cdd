-- SPDX-License-Identifier: Apache-2.0
-- content: articles, front page, entries, guides: their shapes, and where their links lead.
local rules = use "lib/business/rules"

local check = {}

local ARTICLE = { id = "text!", group = "text", date = "date!", title = "text!", body = "list!" }
local GROUPS = { news = true, guide = true }
local PART = { title = "text", steps = "list", points = "list", note = "text", links = "list" }
local PANEL = { id = "text!", title = "text!", more = "text", items = "list!" }
local ITEM = { label = "text!", article = "text", print = "text", download = "text", page = "text" }
local GUIDE = { title = "text!", summary = "text", condition = "text!", time = "text!", basis = "list!", typical = "table!", more = "list",
    notes = "list!" }
local ENTRY = { id = "text", label = "text!", brief = "text", text = "text!", to = "text", meanwhile = "text" }
local SAMPLE = { id = "text!", title = "text!", picture = "text!", alt = "text!", good = "list!", bad = "list!" }
local PICTURES = { form = true, document = true, card = true, imprint = true }
local DOWNLOAD = { id = "text!", label = "text!", for_whom = "text!", system = "text!", file = "any", missing = "text" }
local PAGES = { about = "table!", accessibility = "table!", privacy = "table!", browser = "table!" }

local function check_way(out, file, path, to)
    if type(to) == "string" and string.sub(to, 1, 1) ~= "/" then
        out:wrong(file, path, "链接“" .. to .. "”应为本网站的路径，以 / 开头")
    end
end

-- Every text of every file that leads to an article.
local function check_articles(out, file, path, value, articles)
    if type(value) == "table" then
        for k, v in pairs(value) do
            check_articles(out, file, path .. (path == "" and "" or ".") .. tostring(k), v, articles)
        end
    elseif type(value) == "string" then
        out:known(file, path, string.match(value, "^/guides/([%w_]+)$") or string.match(value, "^/news/([%w_]+)$"), articles, "文章")
    end
end

-- A body: texts, and tables that PART describes.
local function check_body(out, file, path, body)
    for i, part in ipairs(type(body) == "table" and body or {}) do
        local place = path .. "." .. i
        if type(part) ~= "string" and out:shape(file, place, part, PART) then
            for n, link in ipairs(part.links or {}) do
                if out:shape(file, place .. ".links." .. n, link, { label = "text!", to = "text!" }) then
                    check_way(out, file, place .. ".links." .. n, link.to)
                end
            end
        end
    end
end

local function articles(out, r, file)
    local rows = rules.read(r, file)
    local ids = out:rows(file, "", rows, ARTICLE, "id")
    for _, one in pairs(ids) do
        out:known(file, one.id .. ".group", one.group, GROUPS, "栏目")
        check_body(out, file, one.id .. ".body", one.body)
    end
    return ids
end

local function check_pages(out, r)
    local pages = rules.read(r, "content/pages")
    out:has("content/pages", "", pages, PAGES)
    for id, one in pairs(pages) do
        if out:shape("content/pages", id, one, { title = "text!", body = "list!" }) then
            check_body(out, "content/pages", id .. ".body", one.body)
        end
    end
end

local function check_item(out, path, item, ids)
    local ways = 0
    for _, name in ipairs { "article", "print", "download", "page" } do
        ways = item[name] and ways + 1 or ways
    end
    if ways ~= 1 then
        out:wrong("content/home", path, "须有 article、print、download、page 中的一项")
    end
    out:known("content/home", path, item.article, ids.articles, "文章")
    out:known("content/home", path, item.print and "print/" .. item.print, ids.files, "打印件")
    out:known("content/home", path, item.download, ids.downloads, "下载")
    check_way(out, "content/home", path, item.page)
end

local function check_home(out, r, ids)
    local home = rules.read(r, "content/home")
    if not out:shape("content/home", "", home, { intro = "list!", panels = "list!" }) then
        return
    end
    for id, panel in pairs(out:rows("content/home", "panels", home.panels, PANEL, "id")) do
        check_way(out, "content/home", "panels." .. id .. ".more", panel.more)
        out:rows("content/home", "panels." .. id .. ".items", panel.items, ITEM)
        for i, item in ipairs(panel.items or {}) do
            check_item(out, "panels." .. id .. ".items." .. i, item, ids)
        end
    end
end

local function check_entries(out, r)
    local entries = rules.read(r, "content/entries")
    out:has("content/entries", "", entries, { business = "table!", change = "table!" })
    local business, change = entries.business or {}, entries.change or {}
    out:shape("content/entries", "business", business, { intro = "text!", items = "list!", queries = "list!" })
    out:shape("content/entries", "change", change, { intro = "text!", items = "list!" })
    local types = {}
    for _, row in ipairs(rules.list(r, "lists.business_types")) do
        types[row.value] = true
    end
    for id in pairs(out:rows("content/entries", "change.items", change.items, ENTRY, "id")) do
        out:known("content/entries", "change.items." .. id, id, types, "业务类型")
    end
    for path, rows in pairs { ["business.items"] = business.items, ["business.queries"] = business.queries, ["change.items"] = change.items } do
        out:rows("content/entries", path, rows, ENTRY)
        for i, item in ipairs(rows) do
            check_way(out, "content/entries", path .. "." .. i .. ".to", item.to)
        end
    end
end

local function check_guides(out, r)
    for id, guide in pairs(rules.read(r, "content/guides")) do
        out:shape("content/guides", id, guide, GUIDE)
        out:rows("content/guides", id .. ".more", guide.more or {}, { text = "text!", values = "table!" })
    end
end

local function check_samples(out, r)
    for id, sample in pairs(out:rows("content/samples", "", rules.read(r, "content/samples"), SAMPLE, "id")) do
        out:known("content/samples", id .. ".picture", sample.picture, PICTURES, "图样")
    end
end

local function check_faq(out, r)
    for id, group in pairs(out:rows("content/faq", "", rules.read(r, "content/faq"), { id = "text!", title = "text!", items = "list!" }, "id")) do
        out:rows("content/faq", id .. ".items", group.items, { question = "text!", answer = "text!" })
    end
end

-- check.run(out, r, files): files = set of the names of all
function check.run(out, r, files)
    local ids = { files = files, articles = {} }
    for _, file in ipairs { "content/news", "content/manuals" } do
        for id, one in pairs(articles(out, r, file)) do
            ids.articles[id] = one
        end
    end
    for file in pairs(files) do
        if string.find(file, "^content/") or string.find(file, "^forms/") then
            check_articles(out, file, "", rules.read(r, file), ids.articles)
        end
    end
    ids.downloads = out:rows("content/downloads", "", rules.read(r, "content/downloads"), DOWNLOAD, "id")
    out:try("content/pages", check_pages, out, r)
    out:try("content/home", check_home, out, r, ids)
    out:try("content/entries", check_entries, out, r)
    out:try("content/guides", check_guides, out, r)
    out:try("content/samples", check_samples, out, r)
    out:try("content/faq", check_faq, out, r)
end

return check
