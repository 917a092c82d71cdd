-- SPDX-License-Identifier: Apache-2.0
-- rules_history: every publication there ever was, and every version of the rules with all its files, those that were rolled
-- back or never became live too.
local bundles = use "system/service/bundles"
local guard = use "system/service/guard"
local live = use "system/service/live"
local publish = use "system/service/publish"
local shell = use "system/page/staff/shell"

local ADMIN = { "admin" }
local PAGE = 30
local TONES = { proposed = "yellow", scheduled = "yellow", live = "green", refused = "red", missed = "red" }
local ORIGINS = { shipped = "随程序发布", editor = "在网页中修改", import = "导入" }

local columns = { { id = "reason", label = "原因" }, { id = "author", label = "提交人" }, { id = "approver", label = "批准人" },
    { id = "at", label = "提交时间", short = true }, { id = "live", label = "生效时间", short = true }, { id = "state", label = "状态" },
    { id = "bundle", label = "版本" } }

local function cells(rows)
    local out = {}
    for i, one in ipairs(rows) do
        local row = one.row
        out[i] = { reason = { label = row.reason ~= "" and row.reason or "未写原因", href = "/staff/rules/publications/" .. row.key, say = time.text(row.at) },
            author = row.author_name, approver = row.approver_name or "", at = time.text(row.at), live = row.live_at and time.text(row.live_at) or "",
            state = { tag = (row.rolled_back and "恢复上一版，" or "") .. (publish.STATES[row.state] or row.state), tone = TONES[row.state] or "grey" },
            bundle = { label = string.sub(row.bundle, 1, 12), href = "/staff/rules/bundles/" .. row.bundle, say = time.text(row.at) } }
    end
    return out
end

local function crumbs(title)
    return { { label = "工作台", href = "/staff" }, { label = "业务规则", href = "/staff/rules" }, { label = title } }
end

http.get("/staff/rules/history", guard.staff(ADMIN, function(req, user)
    local found = publish.latest(PAGE, req:query("after"))
    return shell.send(req, 200, "rules/history", user, { title = "发布记录", columns = columns, rows = cells(found.rows), crumbs = crumbs("发布记录"),
        after = found.more and shell.href("/staff/rules/history", { { "after", found.after } }) or nil })
end), { staff = true, no_store = true })

local function publications_of(hash)
    local found = store.list("publication", { index = "bundle", equal = { hash }, descending = true, limit = 50 })
    for _, one in ipairs(found.rows) do
        one.row.key = one.key
    end
    return cells(found.rows)
end

local function files_of(row, hash, chosen)
    local names, out = {}, {}
    for name in pairs(row.files) do
        names[#names + 1] = name
    end
    table.sort(names)
    for i, name in ipairs(names) do
        out[i] = { name = name, href = shell.href("/staff/rules/bundles/" .. hash, { { "file", name } }) .. "#text", open = name == chosen }
    end
    return out
end

http.get("/staff/rules/bundles/{hash}", guard.staff(ADMIN, function(req, user)
    local hash, chosen = req:param("hash"), req:query("file")
    local row = store.get("bundle", hash) or fail("E_NOT_FOUND", "没有这个版本的业务规则")
    local sum = chosen and (row.files[chosen] or fail("E_NOT_FOUND", "没有这个文件"))
    return shell.send(req, 200, "rules/bundle", user, { title = "规则版本 " .. string.sub(hash, 1, 12), crumbs = crumbs("规则版本"), columns = columns,
        rows = { { label = "版本（SHA-256）", value = hash }, { label = "来源", value = ORIGINS[row.origin] or row.origin },
            { label = "原因", value = row.reason }, { label = "保存时间", value = time.text(row.at) },
            { label = "现在", value = hash == live.hash() and "使用中" or "不在使用中" } },
        publications = publications_of(hash), files = files_of(row, hash, chosen), name = chosen, body = sum and bundles.text(sum) or nil })
end), { staff = true, no_store = true })
