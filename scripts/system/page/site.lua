-- SPDX-License-Identifier: Apache-2.0
-- public pages: guides of each business, entries, help, news, acceptance points. All words are the business's.
local guard = use "system/service/guard"
local live = use "system/service/live"
local money = use "lib/money"
local page = use "lib/page"
local price_view = use "lib/price_view"
local site = use "lib/site"

local function send(req, user, view, title, data)
    data.title, data.user = title, user
    data.crumbs = data.crumbs or { { label = title } }
    return page.send(req, 200, view, data)
end

local function visitor(path, handler)
    http.get(path, guard.optional(handler))
end

-- Choosing a business, and its guide --------------------------------------------------------------------------------------

local function kind_tiles(b)
    local tiles = {}
    for i, kind in ipairs(b:kinds()) do
        local guide = b:content("guides")[kind.guide] or {}
        tiles[i] = { label = kind.menu and kind.menu.label or kind.label, text = guide.summary or guide.condition or kind.title, href = "/apply/" .. kind.id }
    end
    return tiles
end

visitor("/apply", function(req, user)
    local b = live.rules()
    return send(req, user, "site/tiles", "证书申请", { section = "apply", heading = "证书申请", intro = "请选择要办理的业务，先看办事指南，再开始申请。",
        groups = { { items = kind_tiles(b) } } })
end)

local COLUMNS = { { id = "label", label = "材料" }, { id = "way", label = "提交方式" }, { id = "paper", label = "纸质材料" }, { id = "help", label = "表格和样例" } }
-- Which of /samples shows how a scan should be.
local SAMPLES = { handler_document = "card", applicant_document = "card", seal_imprint = "imprint", signature_imprint = "imprint" }
local PAPER = { original = "原件 1 份", copy = "复印件 1 份（盖章）" }

local function material_row(m)
    local blank = m.blank or m.printed
    local acts = { { label = "样例", href = "/samples#" .. (SAMPLES[m.id] or blank and "form" or "document"), say = m.label } }
    acts[2] = blank and { label = "空白表下载", href = "/files/" .. blank .. ".pdf", say = m.label } or nil
    return { label = m.label .. (m.required and "" or "（选填）"), way = m.upload and "扫描上传" or "无需上传", paper = PAPER[m.paper] or "无需邮寄",
        help = { acts = acts } }
end

local function with(values, more)
    local out = {}
    for _, list in ipairs { values or {}, more or {} } do
        for name, value in pairs(list) do
            out[name] = value
        end
    end
    return out
end

local function materials_for(b, kind, values)
    return b:materials { kind = kind.id, values = values, medium = values.medium, delivery = values.medium == "ukey" and "courier" or "none" }
end

-- Materials that these answers ask for and the typical ones do not.
local function more_labels(b, kind, typical, values)
    local known, labels = {}, {}
    for _, m in ipairs(materials_for(b, kind, typical)) do
        known[m.id] = true
    end
    for _, m in ipairs(materials_for(b, kind, with(typical, values))) do
        labels[#labels + 1] = not known[m.id] and m.label or nil
    end
    return table.concat(labels, "、")
end

local function price_for(b, kind, values)
    return price_view.of(b:quote { quote_date = time.date(time.now()), order = { { case = "", kind = kind.id, values = values } } })
end

-- What the usual case costs for each length that can be chosen.
local YEAR_COLUMNS = { { id = "label", label = "证书申请年限" }, { id = "total", label = "合计", amount = true } }

local function year_rows(b, kind, typical)
    local rows = {}
    for i, years in ipairs(b:list("prices.years")) do
        rows[i] = { label = years.label, total = "¥" .. money.yuan(price_for(b, kind, with(typical, { years = years.value })).total) }
    end
    return rows
end

local function known_kind(b, id)
    for _, kind in ipairs(b:kinds()) do
        if kind.id == id then
            return kind
        end
    end
    return fail("E_NOT_FOUND", "没有这项业务，请从“证书申请”选择")
end

local EMPTY_GUIDE = { condition = "符合本业务条件的用户。", time = "提交后 2 个工作日内完成审核。", notes = {}, basis = {} }

visitor("/apply/{kind}", function(req, user)
    local b = live.rules()
    local kind = known_kind(b, req:param("kind"))
    local guide = with(EMPTY_GUIDE, b:content("guides")[kind.guide])
    guide.title = guide.title or kind.label .. "办事指南"
    local typical = with(b:defaults(kind.id), guide.typical)
    local rows, more = {}, {}
    for i, m in ipairs(materials_for(b, kind, typical)) do
        rows[i] = material_row(m)
    end
    for i, one in ipairs(guide.more or {}) do
        more[i] = { text = one.text, labels = more_labels(b, kind, typical, one.values) }
    end
    return send(req, user, "site/guide", guide.title, { section = "apply", kind = kind, guide = guide, steps = b:flow(kind.id).steps,
        suspended = b:suspended(kind.id, time.date(time.now())), columns = COLUMNS, materials = rows, more = more, price = price_for(b, kind, typical),
        year_columns = YEAR_COLUMNS, years = year_rows(b, kind, typical), points = b:site().points, contacts = site.get().contacts,
        crumbs = { { label = "证书申请", href = "/apply" }, { label = guide.title } } })
end)

-- 业务受理, 证书变更 -----------------------------------------------------------------------------------------------------

local function linked(items)
    local out = {}
    for i, item in ipairs(items) do
        out[i] = { label = item.label, text = item.text, href = item.to, meanwhile = item.meanwhile and "目前请：" .. item.meanwhile or "" }
    end
    return out
end

visitor("/business", function(req, user)
    local entries = live.rules():content("entries").business
    return send(req, user, "site/tiles", "业务受理", { section = "business", heading = "业务受理", intro = entries.intro,
        groups = { { items = linked(entries.items) }, { title = "证书申请查询", items = linked(entries.queries) } } })
end)

-- A change is open when it has a page, or when the rules have a business of its type.
local function change_items(b)
    local items = linked(b:content("entries").change.items)
    for i, item in ipairs(b:content("entries").change.items) do
        for _, kind in ipairs(b:kinds()) do
            if kind.type == item.id then
                items[i].href = "/apply/" .. kind.id
            end
        end
    end
    return items
end

visitor("/change", function(req, user)
    local b = live.rules()
    return send(req, user, "site/tiles", "证书变更", { section = "change", heading = "证书变更", intro = b:content("entries").change.intro,
        groups = { { items = change_items(b) } } })
end)

-- Help, news, guides -----------------------------------------------------------------------------------------------------

local function items_of(list, base)
    local items = {}
    for i, one in ipairs(list) do
        items[i] = { label = one.title, href = base .. one.id, date = one.date }
    end
    return items
end

local function grouped(b, group)
    local out = {}
    for _, name in ipairs { "news", "manuals" } do
        for _, one in ipairs(b:content(name)) do
            out[#out + 1] = (one.group or "news") == group and one or nil
        end
    end
    return out
end

visitor("/help", function(req, user)
    local b, all = live.rules(), site.get()
    local panels = { { id = "guides", title = "使用指南", more = "/guides", items = items_of(grouped(b, "guide"), "/guides/") } }
    local faq = {}
    for i, group in ipairs(b:content("faq")) do
        faq[i] = { label = group.title, href = "/faq#" .. group.id }
    end
    panels[2] = { id = "faq", title = "常见问题", more = "/faq", items = faq }
    for _, panel in ipairs(all.panels) do
        panels[#panels + 1] = panel
    end
    return send(req, user, "site/help", "帮助中心", { section = "help", contacts = all.contacts, panels = panels })
end)

visitor("/faq", function(req, user)
    return send(req, user, "site/faq", "常见问题", { section = "help", groups = live.rules():content("faq"),
        crumbs = { { label = "帮助中心", href = "/help" }, { label = "常见问题" } } })
end)

local function article(req, user, group, label, path)
    local one = site.article(live.rules(), req:param("id"))
    if not one then
        fail("E_NOT_FOUND", "没有这篇文章")
    elseif (one.group or "news") ~= group then
        return req:redirect((group == "news" and "/guides/" or "/news/") .. one.id)
    end
    return send(req, user, "site/article", one.title, { section = "help", article = one,
        crumbs = { { label = label, href = path }, { label = one.title } } })
end

local function list(req, user, group, title, path)
    return send(req, user, "site/list", title, { section = "help", heading = title, items = items_of(grouped(live.rules(), group), path .. "/") })
end

visitor("/news", function(req, user) return list(req, user, "news", "资讯信息", "/news") end)
visitor("/news/{id}", function(req, user) return article(req, user, "news", "资讯信息", "/news") end)
visitor("/guides", function(req, user) return list(req, user, "guide", "使用指南", "/guides") end)
visitor("/guides/{id}", function(req, user) return article(req, user, "guide", "使用指南", "/guides") end)

visitor("/points", function(req, user)
    local s = live.rules():site()
    return send(req, user, "site/points", "数字证书受理点", { section = "help", points = s.points, post = {
        { label = "收件人", value = s.post.receiver }, { label = "电话", value = s.post.phone }, { label = "邮寄地址", value = s.post.address },
        { label = "邮政编码", value = s.post.postcode } } })
end)

visitor("/samples", function(req, user)
    return send(req, user, "site/samples", "材料样例", { section = "help", samples = live.rules():content("samples"),
        crumbs = { { label = "帮助中心", href = "/help" }, { label = "材料样例" } } })
end)

visitor("/drivers", function(req, user)
    return send(req, user, "site/drivers", "数字证书驱动", { section = "help", downloads = live.rules():content("downloads") })
end)

visitor("/forms", function(req, user)
    for _, panel in ipairs(site.get().panels) do
        if panel.id == "forms" then
            return send(req, user, "site/list", "证书业务表格", { section = "help", heading = "证书业务表格", items = panel.items })
        end
    end
    return fail("E_NOT_FOUND", "没有业务表格")
end)

visitor("/agreement", function(req, user)
    local b = live.rules()
    local agreement = b:content("agreement")
    return send(req, user, "site/agreement", agreement.title, { section = "help", agreement = agreement })
end)

for _, one in ipairs { { "about", "about" }, { "accessibility", "help" }, { "privacy", "help" } } do
    visitor("/" .. one[1], function(req, user)
        local found = live.rules():content("pages")[one[1]]
        return send(req, user, "site/article", found.title, { section = one[2], article = found })
    end)
end
