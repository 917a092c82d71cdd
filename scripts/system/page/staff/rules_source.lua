-- SPDX-License-Identifier: Apache-2.0
-- rules_source: reading a kept bundle, for administrators: who made it and why, its publications, its files, and one file with its
-- lines.
local bundles = use "system/service/bundles"
local guard = use "system/service/guard"
local live = use "system/service/live"
local rules_history = use "system/page/staff/rules_history"
local shell = use "system/page/staff/shell"

local ADMIN = { "admin" }
local ORIGINS = { shipped = "随程序发布", editor = "在线编辑", import = "导入" }

local function crumbs(...)
    return { { label = "工作台", href = "/staff" }, { label = "业务规则", href = "/staff/rules" }, ... }
end

local function find(req)
    local hash = req:param("hash")
    return hash, bundles.row(hash) or fail("E_NOT_FOUND", "没有这个版本的业务规则")
end

local function author_of(row)
    local account = row.author ~= "" and store.get("account", row.author)
    return account and (account.name or "") or ""
end

http.get("/staff/rules/bundles/{hash}", guard.staff(ADMIN, function(req, user)
    local hash, row = find(req)
    local files = {}
    for name in pairs(row.files) do
        files[#files + 1] = name
    end
    table.sort(files)
    for i, name in ipairs(files) do
        files[i] = { name = { label = name, href = shell.href("/staff/rules/bundles/" .. hash .. "/file", { { "name", name } }) } }
    end
    local publication_columns, publications = rules_history.of(hash)
    return shell.send(req, 200, "rules/bundle", user, { publication_columns = publication_columns, publications = publications,
        title = "版本 " .. string.sub(hash, 1, 12), files = files, columns = { { id = "name", label = "文件" } },
        rows = { { label = "版本（SHA-256）", value = hash }, { label = "保存时间", value = time.text(row.at) }, { label = "来源", value = ORIGINS[row.origin] or row.origin },
            { label = "现在", value = hash == live.hash() and "使用中" or "不在使用中" },
            { label = "作者", value = author_of(row) ~= "" and author_of(row) or "无" }, { label = "原因", value = row.reason ~= "" and row.reason or "无" } },
        crumbs = crumbs { label = "版本" } })
end), { staff = true, no_store = true })

local function lines_of(body)
    local out = {}
    for line in string.gmatch(body .. (string.sub(body, -1) == "\n" and "" or "\n"), "([^\n]*)\n") do
        out[#out + 1] = line
    end
    return out
end

http.get("/staff/rules/bundles/{hash}/file", guard.staff(ADMIN, function(req, user)
    local hash, row = find(req)
    local name = req:query("name") or ""
    local body = bundles.text(row.files[name] or fail("E_NOT_FOUND", "这个版本没有这个文件"))
    return shell.send(req, 200, "rules/source", user, { title = name, lines = lines_of(body), at = tonumber(req:query("line") or ""),
        crumbs = crumbs({ label = "版本 " .. string.sub(hash, 1, 12), href = "/staff/rules/bundles/" .. hash }, { label = name }) })
end), { staff = true, no_store = true })
