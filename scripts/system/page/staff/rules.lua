-- SPDX-License-Identifier: Apache-2.0
-- rules: the business rules, for administrators: what is live, who drafts what, what waits for a second administrator, and
-- the way back.
local copy_kind = use "system/service/copy_kind"
local csrf = use "lib/csrf"
local draft = use "system/service/rules_draft"
local guard = use "system/service/guard"
local live = use "system/service/live"
local publish = use "system/service/publish"
local shell = use "system/page/staff/shell"

local ADMIN = { "admin" }
local TITLE = "业务规则"
local TONES = { proposed = "yellow", scheduled = "yellow", live = "green", refused = "red", missed = "red" }

local draft_columns = { { id = "title", label = "草稿" }, { id = "changed", label = "修改的文件" }, { id = "at", label = "最近保存", short = true } }
local publication_columns = { { id = "reason", label = "原因" }, { id = "author", label = "提交人" }, { id = "approver", label = "批准人" },
    { id = "at", label = "提交时间", short = true }, { id = "state", label = "状态" } }

local function count(map)
    local n = 0
    for _ in pairs(map) do
        n = n + 1
    end
    return n
end

local function draft_cells(user)
    local out = {}
    for i, row in ipairs(draft.mine(user)) do
        out[i] = { title = { label = row.title ~= "" and row.title or "未命名的草稿", href = "/staff/rules/drafts/" .. row.key, say = time.text(row.at) },
            changed = tostring(count(row.files)), at = time.text(row.at) }
    end
    return out
end

local function publication_cells(rows)
    local out = {}
    for i, one in ipairs(rows) do
        local row = one.row
        out[i] = { reason = { label = row.reason ~= "" and row.reason or "未写原因", href = "/staff/rules/publications/" .. row.key, say = time.text(row.at) },
            author = row.author_name, approver = row.approver_name or "", at = time.text(row.at),
            state = { tag = row.rolled_back and row.state == "live" and "已恢复上一版" or publish.STATES[row.state] or row.state, tone = TONES[row.state] or "grey" } }
    end
    return out
end

local function kinds()
    local out = {}
    for i, kind in ipairs(live.rules():kinds()) do
        out[i] = { value = kind.id, label = kind.label }
    end
    return out
end

local done_words = { proposed = "已提交，等待另一位管理员批准", dropped = "草稿已删除", back = "已恢复上一版规则" }

local function show(req, status, user, refused)
    local setting = store.get("setting", "live") or {}
    local found = publish.latest(30, req:query("after"))
    return shell.send(req, status, "rules/overview", user, { title = TITLE, hash = live.hash(), since = setting.since, can_back = setting.before ~= nil,
        kinds = kinds(), columns = draft_columns, drafts = draft_cells(user), publication_columns = publication_columns,
        publications = publication_cells(found.rows), refused = refused, done = done_words[req:query("done") or ""],
        typed = { title = req:method() == "POST" and req:field("title") or "", id = req:method() == "POST" and req:field("id") or "",
            label = req:method() == "POST" and req:field("label") or "" },
        after = found.after and shell.href("/staff/rules", { { "after", found.after } }) })
end

http.get("/staff/rules", guard.staff(ADMIN, function(req, user)
    return show(req, 200, user)
end), { staff = true, no_store = true })

local function begin(req, user, f)
    csrf.check(req)
    local status, sentence, key = shell.try(f)
    if status then
        return show(req, status, user, sentence)
    end
    return req:redirect("/staff/rules/drafts/" .. key)
end

http.post("/staff/rules/drafts", guard.staff(ADMIN, function(req, user)
    return begin(req, user, function()
        return draft.begin(user, text.sub(text.trim(text.normalize(req:field("title") or "")), 1, 60))
    end)
end), { staff = true })

http.post("/staff/rules/copy", guard.staff(ADMIN, function(req, user)
    return begin(req, user, function()
        return copy_kind.begin(user, req:field("from") or "", text.trim(req:field("id") or ""), text.trim(text.normalize(req:field("label") or "")))
    end)
end), { staff = true })

local function confirm(req, status, user, message)
    local setting = store.get("setting", "live") or {}
    return shell.send(req, status, "rules/reason", user, { title = "恢复上一版规则", action = "/staff/rules/back", main = "恢复上一版", warning = true,
        text = "新的申请和草稿立即改用上一版规则；已提交的申请仍按提交时的规则办理。", back_to = "/staff/rules", message = message,
        rows = { { label = "现在的版本", value = string.sub(live.hash(), 1, 12) }, { label = "恢复到", value = string.sub(setting.before or "没有更早的版本", 1, 12) } },
        errors = message and { { field = "reason", message = message } } or {}, typed = req:method() == "POST" and req:field("reason") or "" })
end

http.get("/staff/rules/back", guard.staff(ADMIN, function(req, user)
    return confirm(req, 200, user)
end), { staff = true, no_store = true })

http.post("/staff/rules/back", guard.staff(ADMIN, function(req, user)
    csrf.check(req)
    local reason = text.trim(text.normalize(req:field("reason") or ""))
    if reason == "" then
        return confirm(req, 422, user, "请写明恢复的原因")
    end
    local status, sentence = shell.try(function() return publish.back(user, reason) end)
    if status then
        return confirm(req, status, user, sentence)
    end
    return req:redirect("/staff/rules?done=back")
end), { staff = true })
