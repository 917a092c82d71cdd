-- SPDX-License-Identifier: Apache-2.0
-- user centre: greeting, shortcuts, counters, the list of applications by tab, the certificates (S038–S057).
local centre = use "system/service/centre"
local certificate = use "system/service/certificate"
local guard = use "system/service/guard"
local live = use "system/service/live"
local menu = use "lib/menu"
local page = use "lib/page"
local say = use "system/service/say"

local COLUMNS = {
    { id = "no", label = "序号" }, { id = "subject", label = "主体名称" }, { id = "type", label = "业务类型" }, { id = "email", label = "邮箱" },
    { id = "template", label = "证书模板" }, { id = "at", label = "申请时间", short = true }, { id = "state", label = "申请状态" },
    { id = "act", label = "操作" },
}

local SHORTCUTS = {
    { label = "证书申请", href = "/apply" }, { label = "查询证书申请状态", href = "/query" },
    { label = "下载已完成的证书", href = "/user/downloads" }, { label = "在线支付", href = "/user/payments" },
}

-- 查看, and where a certificate waits 证书下载 beside it (S194).
local function acts_of(one, tab)
    local look = { label = "查看", href = one.href, say = one.number }
    return tab == "downloadable" and { acts = { look, { label = "证书下载", href = one.href .. "/download", say = one.number } } } or look
end

local function row_of(i, one, tab)
    return { no = i, subject = centre.subject_of(one), type = one.type, email = one.email, template = one.template, at = one.at,
        state = one.state, act = acts_of(one, tab) }
end

local function rows_of(rows, tab)
    local out = {}
    for _, row in ipairs(rows) do
        local one = centre.shown(row)
        if centre.tab(row, one.b) == tab then
            out[#out + 1] = row_of(#out + 1, one, tab)
        end
    end
    return out
end

local function tabs_of(counts)
    local tabs = {}
    for i, tab in ipairs(centre.TABS) do
        tabs[i] = { id = tab.id, label = tab.label, href = "/user?tab=" .. tab.id, count = counts[tab.id] or 0 }
    end
    return tabs
end

local function counters_of(user, counts)
    local tiles = {}
    for i, one in ipairs(centre.COUNTERS) do
        tiles[i] = { label = one.label, href = one.href, count = counts[one.id] or 0 }
    end
    local held = certificate.counts(user)
    tiles[#tiles + 1] = { label = "我的证书", href = "/user/certificates", count = held.mine }
    tiles[#tiles + 1] = { label = "即将到期的证书", href = "/user/certificates?tab=soon", count = held.soon }
    return tiles
end

local function tab_of(req)
    for _, tab in ipairs(centre.TABS) do
        if tab.id == req:query("tab") then
            return tab
        end
    end
    return centre.TABS[1]
end

-- What is to be done about tokens, above the list of what can be downloaded.
local function notes_of(rows)
    local notes, b = live.rules():text("activated", {}), live.rules()
    for _, row in ipairs(rows) do
        if say.to_collect(row) then
            notes[#notes + 1] = b:text("activated_list", {})[1]
            break
        end
    end
    return notes
end

http.get("/user", guard.user(function(req, user)
    local found, tab = centre.all(user), tab_of(req)
    local counters, tabs = centre.counts(found.rows)
    return page.send(req, 200, "user/centre", { title = "用户中心", user = user, menu = menu.user(user), crumbs = { { label = "用户中心" } },
        tiles = counters_of(user, counters), tabs = tabs_of(tabs), tab = tab.id, caption = tab.label, shortcuts = SHORTCUTS,
        columns = COLUMNS, rows = rows_of(found.rows, tab.id), more = found.more,
        notes = tab.id == "downloadable" and notes_of(found.rows) or {} })
end), { no_store = true })
