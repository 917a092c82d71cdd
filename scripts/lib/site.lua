-- SPDX-License-Identifier: Apache-2.0
-- site: names, phones and links that every page shows, from the live business/site.lua and content/home.lua: the one place
-- where templates get them.
local live = use "system/service/live"
local rules = use "lib/business/rules"

local site = {}

local NAV = {
    { id = "home", label = "首页", href = "/" }, { id = "apply", label = "证书申请", href = "/apply" },
    { id = "business", label = "业务受理", href = "/business" }, { id = "change", label = "证书变更", href = "/change" },
    { id = "help", label = "帮助中心", href = "/help" }, { id = "about", label = "关于证书", href = "/about" },
}

local FOOT = {
    { label = "办事指南", href = "/apply" }, { label = "受理点", href = "/points" }, { label = "联系我们", href = "/help" },
    { label = "无障碍和长辈版", href = "/accessibility" }, { label = "个人信息保护", href = "/privacy" },
}

-- site.article(b, id) -> the article of news.lua or manuals.lua, or nil
function site.article(b, id)
    for _, name in ipairs { "news", "manuals" } do
        for _, one in ipairs(b:content(name)) do
            if one.id == id then
                return one
            end
        end
    end
    return nil
end

local function article_href(b, id)
    local one = site.article(b, id)
    return (one and one.group == "guide" and "/guides/" or "/news/") .. id
end

-- Only news have their date beside them.
local function item_of(b, item, is_news)
    local href = item.page or item.print and "/files/" .. item.print .. ".pdf" or item.download and "/drivers#" .. item.download
        or article_href(b, item.article)
    local article = item.article and site.article(b, item.article)
    return { label = item.label, href = href, date = is_news and article and article.date or nil }
end

local function panel_of(b, panel)
    local items = {}
    for i, item in ipairs(panel.items) do
        items[i] = item_of(b, item, panel.id == "news")
    end
    return { id = panel.id, title = panel.title, more = panel.more, items = items }
end

local function panels_of(b, home)
    local panels, news = {}, nil
    for _, panel in ipairs(home.panels) do
        local made = panel_of(b, panel)
        if panel.id == "news" then
            news = made
        else
            panels[#panels + 1] = made
        end
    end
    return panels, news
end

local function contacts_of(s)
    local out = {}
    for i, contact in ipairs(s.contacts) do
        out[i] = { label = contact.label, value = table.concat(contact.values, "、") }
    end
    return out
end

local function make(b)
    local s, home = b:site(), b:content("home")
    local panels, news = panels_of(b, home)
    return { name = s.title, title = s.title, ca = s.ca, hotlines = s.hotline, hotline_text = s.hotline_text, footer = s.footer, nav = NAV, foot = FOOT,
        intro = home.intro, steps = b:flow(b:kinds()[1].id).steps, contacts = contacts_of(s), friends = s.links, panels = panels, news = news }
end

-- site.get() -> what base.html and home.html show; shared, nobody may change it
function site.get()
    local b = live.rules()
    return rules.make(b.r, "site", function() return make(b) end)
end

return site
